import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locationOfTarget } from '../../server/src/language/analysis.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { semanticTokens } from '../../server/src/services/annotations/semanticTokens.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { documentSymbols } from '../../server/src/services/navigation/symbols.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { fixturesBelow, parseFixture, WORKSPACE } from '../support/annotations.ts';
import { projectRoot } from '../support/dist.ts';
import { type Edit, edit, edited } from '../support/edits.ts';
import { largePlan } from '../support/largePlan.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { memorySources } from '../support/sources.ts';

type Files = ReadonlyMap<string, string>;

const fixtures = join(projectRoot, 'test/fixtures/rules');
const examples = join(projectRoot, 'examples');

const corpus: readonly (readonly [string, Files])[] = fixturesBelow(fixtures).map((name) => [
  name,
  parseFixture(readFileSync(join(fixtures, name), 'utf8')),
]);

function apply(files: Map<string, string>, each: Edit): void {
  const uris = [...files.keys()];
  const uri = uris[each.file % uris.length] ?? '';
  files.set(uri, edited(files.get(uri) ?? '', each));
}

/** Blocks that use each other across two files, by name, by `extends`, through constants and classes of layers. */
const ENTWINED: Files = new Map([
  [
    `${WORKSPACE}main.moeplan`,
    `import "./base.moeplan"
let depth = 4
let width = depth * 512
model first extends common { layers = depth, hidden = width }
model second extends first { weights = bf16 }
model third {
  layers = 4, hidden = 2048
  attention local { heads = 16, head-size = 128 }
  attention global { heads = 16, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 1024 }
  layers { 0..1 = [dense, local], 2..3 = [moe, global] }
}
workload batch { sequences = 16, length = 1_000 tokens }
deployment one {
  model = second, cluster = pair, workload = batch
  parallel { tp = depth, pp = 2, ep = 8 }
  stage front { gpus = 0..7 }
  stage back  { gpus = 8..15 }
  front -> back
  expect { memory-per-gpu <= 80 GiB }
}
deployment two extends one { model = third }
deployment three extends two { workload = batch }
compare one, two { speedup >= 1 }
`,
  ],
  [
    `${WORKSPACE}base.moeplan`,
    `let whole = 128
model common {
  layers = 2, hidden = 512
  attention { heads = 16, head-size = whole }
  experts { count = 16, top-k = 2, ffn = 1024 }
}
cluster pair { node = DGX-H100, count = 2 }
`,
  ],
]);

/** Names that nothing has, words of other tools, and statements that belong into other blocks. */
const MISTAKEN: Files = new Map([
  [
    `${WORKSPACE}main.moeplan`,
    `let width = 512
let bf16x = 2
nodes = 3
model first { layers = late, hidden = widht, weights = bf17, attention { heads = 16, head-size = whole } }
model second extends first { tp = 8, weights = [bf17, bf16] }
cluster pair { node = DGX-H1000, nodes = 2 }
cluster two { node = DGX-H100, nodes = 2, isl = 4 }
workload batch { sequences = first, length = lenght + 1, max-num-seqs = 4, output = [tpp] }
deployment one {
  model = first, cluster = pear, workload = batch, nodes = 3
  tensor-parallel-size = 8
  parallel { tp = tpp, pipeline-parallel-size = 2 }
  stage front { gpus = 0..7 }
  front -> bakc
}
deployment two { model = "gpt-oss-like", cluster = two, workload = batch, nodes = 4, osl = 128, ep = 8 }
deployment three extends two { model = third, parallel { pp = width, dp = late, ep-size = 8 } }
model third extends frist { layers = n-1 }
let late = lat + 1
`,
  ],
]);

/** What may be typed beside them: what they may mean, and what takes that meaning away. */
const MEANT = [
  'let whole = 64\n',
  'let bf17 = 2\n',
  'let bf18 = 3\n',
  'cluster pear { node = DGX-H100, count = 2 }\n',
  'model mine { known-as = "gpt-oss-like", layers = 2 }\n',
  'count = 2, ',
  'max-num-seqs = 2\n',
  'import "./lost.moeplan"\n',
  'stage bakc { gpus = 8 }\n',
  'modle tpp { }\n',
  'parallel { }\n',
];
const meaning: fc.Arbitrary<Edit> = fc
  .tuple(edit, fc.constantFrom(...MEANT))
  .map(([change, piece]) => ({ ...change, piece }));

/** What a user sees without the preview: everything that points into the text. */
function seen(analysis: Analysis): unknown {
  const { text } = analysis.source;
  const offsets = Array.from({ length: 12 }, (_, index) => Math.floor((index * text.length) / 12));
  return {
    diagnostics: diagnose(analysis),
    hovers: offsets.map((offset) => hover(analysis, offset)),
    symbols: documentSymbols(analysis),
    references: analysis.program.references
      .filter(({ uri }) => uri === analysis.uri)
      .map(({ span, target }) => [span, locationOfTarget(target)]),
    tokens: semanticTokens(analysis),
  };
}

describe('after any edits everything is as after a fresh start', () => {
  test('fixtures of every rule: diagnostics, hovers and symbols', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...corpus),
        fc.array(edit, { minLength: 1, maxLength: 12 }),
        ([, original], edits) => {
          const files = new Map(original);
          const [root = ''] = files.keys();
          const cache = new AnalysisCache();
          const sources = memorySources(files);
          diagnose(analyseDocument(root, sources, cache));
          for (const each of edits) {
            apply(files, each);
            expect(seen(analyseDocument(root, sources, cache))).toEqual(seen(analyseDocument(root, sources)));
          }
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  test.each([
    ['blocks that use each other', ENTWINED, 50],
    ['a long plan', new Map([[`${WORKSPACE}main.moeplan`, largePlan(120)]]), 40],
  ] as const)('%s', (_, original, numRuns) => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), fc.array(fc.boolean()), (edits, looked) => {
        const files = new Map(original);
        const [root = ''] = files.keys();
        const cache = new AnalysisCache();
        const sources = catalogSources(files);
        diagnose(analyseDocument(root, sources, cache));
        for (const [index, each] of edits.entries()) {
          apply(files, each);
          const kept = analyseDocument(root, sources, cache);
          // Of some versions nothing is looked at but the findings, as of those that are typed in haste.
          const see = looked[index] ? seen : diagnose;
          expect(see(kept)).toEqual(see(analyseDocument(root, sources)));
        }
      }),
      { numRuns: propertyRuns(numRuns) },
    );
  });

  test('words that mean nothing, while what they may mean comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(edit, meaning), { minLength: 1, maxLength: 12 }), (edits) => {
        const files = new Map(MISTAKEN);
        const [root = ''] = files.keys();
        const cache = new AnalysisCache();
        const sources = catalogSources(files);
        diagnose(analyseDocument(root, sources, cache));
        for (const each of edits) {
          apply(files, each);
          expect(diagnose(analyseDocument(root, sources, cache))).toEqual(diagnose(analyseDocument(root, sources)));
        }
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  test.each([
    ['another property', 'tp = 4', 'pp = 2', [true, true]],
    ['the same property in another word', 'parallel { tensor-parallel-size = 4 }', 'tp = 2', [true, false]],
  ])('a block is told the same, whatever else belongs into it: %s', (_, own, fromOutside, preferred) => {
    const uri = `${WORKSPACE}main.moeplan`;
    const text = `workload w { sequences = 2, length = 9 tokens }\n\ndeployment one {\n  model = m, cluster = c, workload = w\n  ${own}\n  ${own.includes('parallel') ? '' : 'parallel { }'}\n}\n${fromOutside}\n`;
    const cache = new AnalysisCache();
    const told = (version: string, kept?: AnalysisCache) =>
      diagnose(analyseDocument(uri, catalogSources(new Map([[uri, version]])), kept)).filter(
        ({ rule }) => rule === 'unknown-property',
      );
    const fixes = told(text, cache).map((finding) => finding.fixes?.[0]);
    expect(fixes.map((only) => only?.preferred)).toEqual(preferred);
    const after = `${text}// more\n`;
    expect(told(after, cache)).toEqual(told(after));
  });

  test('a name that comes to mean something else changes the blocks that use it, however far away', () => {
    const uri = `${WORKSPACE}main.moeplan`;
    const cache = new AnalysisCache();
    const rulesOf = (text: string) =>
      diagnose(analyseDocument(uri, catalogSources(new Map(ENTWINED).set(uri, text)), cache)).map(({ rule }) => rule);
    const text = ENTWINED.get(uri) ?? '';
    const before = rulesOf(text);
    expect(rulesOf(text.replace('let depth = 4', 'let depth = 40'))).not.toEqual(before);
    expect(rulesOf(text)).toEqual(before);
    expect(rulesOf(`${text}let batch = 3\n`)).toEqual([...before, 'unused-name']);
    expect(rulesOf(text.replace('workload batch', 'workload other'))).toContain('unresolved-name');
    expect(rulesOf(text)).toEqual(before);
  });

  const names = readdirSync(examples).filter((name) => name.endsWith('.moeplan'));
  test.each(names)('examples/%s: the preview too', (name) => {
    const uri = `${WORKSPACE}${name}`;
    const original = readFileSync(join(examples, name), 'utf8');
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const files = new Map([[uri, original]]);
        const cache = new AnalysisCache();
        const sources = catalogSources(files);
        previewModel(analyseDocument(uri, sources, cache), 1);
        for (const each of edits) {
          apply(files, each);
          const [kept, fresh] = [analyseDocument(uri, sources, cache), analyseDocument(uri, sources)];
          expect(seen(kept)).toEqual(seen(fresh));
          if (each === edits.at(-1)) expect(previewModel(kept, 2)).toEqual(previewModel(fresh, 2));
        }
      }),
      { numRuns: propertyRuns(8) },
    );
  });

  test('a finding moves with its block, and its fix with it', () => {
    const text = readFileSync(join(fixtures, 'graph/cycle.moeplan'), 'utf8');
    const files = parseFixture(text);
    const [root = ''] = files.keys();
    const cache = new AnalysisCache();
    const before = diagnose(analyseDocument(root, memorySources(files), cache));
    const added = '// one line more\n';
    const moved = new Map(files).set(root, added + (files.get(root) ?? ''));
    const after = diagnose(analyseDocument(root, memorySources(moved), cache));
    expect(before.length).toBeGreaterThan(0);
    expect(after.map(({ span }) => span.start)).toEqual(before.map(({ span }) => span.start + added.length));
  });

  test.each([
    ['', 'length    = 1_000 tokens'],
    [', those with mistakes neither', 'length    = 1_000 GB\n  sequences = 3\n  stage lost { }'],
    [', nor those with unknown words', 'length    = short\n  input     = n + m\n  tokens    = 3'],
  ])('the contents of blocks far from the edit are not read again%s', (_, length) => {
    const uri = `${WORKSPACE}plan.moeplan`;
    const cache = new AnalysisCache();
    const text = largePlan(400).replaceAll('length    = 1_000 tokens', length);
    const at = (version: string) => analyseDocument(uri, catalogSources(new Map([[uri, version]])), cache);
    const before = diagnose(at(text)).length;
    // A longer text, so that all blocks behind it move and are made anew.
    const analysis = at(text.replace('hidden = 2048', 'hidden = 10_240'));
    expect(diagnose(analysis)).toHaveLength(before);
    const { own } = analysis.program;
    expect(own.length).toBeGreaterThan(40);
    // From the first look at them on they are properties of the block's own.
    const read = own.filter((entity) => Object.hasOwn(entity, 'children')).map(({ name }) => name);
    expect(read).toEqual(['model-0', 'pair-0', 'plan-0']);
  });

  test('a plan far from the edit is resolved and evaluated once', () => {
    const text = readFileSync(join(examples, 'deployment-analysis.moeplan'), 'utf8');
    const uri = `${WORKSPACE}plan.moeplan`;
    const cache = new AnalysisCache();
    const deploymentsOf = (version: string) =>
      analyseDocument(uri, catalogSources(new Map([[uri, version]])), cache).plan.deployments;
    const before = deploymentsOf(text);
    const after = deploymentsOf(`// moved\n${text}`);
    expect(before.length).toBeGreaterThan(0);
    for (const [index, { deployment }] of before.entries()) {
      expect(deployment).toBeDefined();
      expect(after[index]?.deployment).toBe(deployment);
    }
  });
});
