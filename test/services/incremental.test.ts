import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/diagnostics.ts';
import { hover } from '../../server/src/services/hover.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { documentSymbols } from '../../server/src/services/symbols.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { fixturesBelow, parseFixture, WORKSPACE } from '../support/annotations.ts';
import { projectRoot } from '../support/dist.ts';
import { memorySources } from '../support/sources.ts';

type Files = ReadonlyMap<string, string>;

const fixtures = join(projectRoot, 'test/fixtures/rules');
const examples = join(projectRoot, 'examples');

const corpus: readonly (readonly [string, Files])[] = fixturesBelow(fixtures).map((name) => [
  name,
  parseFixture(readFileSync(join(fixtures, name), 'utf8')),
]);

/** What may be typed or pasted: pieces that shift, break, join, complete and rename. */
const PIECES = [
  '',
  '1',
  ' ',
  '\n',
  '\n\n\n',
  '}',
  '{',
  'x',
  ', ',
  '// note\n',
  'let n = 2\n',
  '/*',
  ' extends ',
  '= n',
];

interface Edit {
  readonly file: number;
  readonly at: number;
  readonly length: number;
  readonly piece: string;
}

/** Places are shares of the text, so that they stay inside of it however it has grown. */
const edit: fc.Arbitrary<Edit> = fc.record({
  file: fc.nat(5),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(30) }),
  piece: fc.constantFrom(...PIECES),
});

function apply(files: Map<string, string>, { file, at, length, piece }: Edit): void {
  const uris = [...files.keys()];
  const uri = uris[file % uris.length] ?? '';
  const text = files.get(uri) ?? '';
  const start = Math.floor(at * text.length);
  files.set(uri, text.slice(0, start) + piece + text.slice(start + length));
}

/** What a user sees without the preview: everything that points into the text. */
function seen(analysis: Analysis): unknown {
  const { text } = analysis.source;
  const offsets = Array.from({ length: 12 }, (_, index) => Math.floor((index * text.length) / 12));
  return {
    diagnostics: diagnose(analysis),
    hovers: offsets.map((offset) => hover(analysis, offset)),
    symbols: documentSymbols(analysis),
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
      { numRuns: 400 },
    );
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
      { numRuns: 8 },
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
