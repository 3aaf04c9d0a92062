import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { edit, edited } from '../support/edits.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { memorySources } from '../support/sources.ts';

type Files = Map<string, string>;
const uriOf = (name: string) => `${WORKSPACE}${name}.moeplan`;

function seen(uri: string, files: Files, cache?: AnalysisCache): unknown {
  const analysis = analyseDocument(uri, memorySources(files), cache);
  const { length } = analysis.source.text;
  const offsets = Array.from({ length: 8 }, (_, index) => Math.floor((index * length) / 8));
  return { findings: diagnose(analysis), hovers: offsets.map((offset) => hover(analysis, offset)) };
}

test('a name that another open file could explain is told the same whichever was opened first', () => {
  const files: Files = new Map([
    [uriOf('a'), 'import "./b.moeplan"\nimport "./c.moeplan"\n'],
    [uriOf('b'), 'deployment d { model = hidden-one }\n'],
    [uriOf('c'), 'model hidden-one { layers = 4, hidden = 512 }\n'],
  ]);
  const cache = new AnalysisCache();
  seen(uriOf('a'), files, cache);
  expect(seen(uriOf('b'), files, cache)).toEqual(seen(uriOf('b'), files));
});

test('more unknown names than others like them are sought for', () => {
  const names = Array.from({ length: 150 }, (_, index) => `let x${index} = lengtt\n`).join('');
  const files: Files = new Map([
    [uriOf('a'), 'import "./b.moeplan"\nlet y = x149 + x148\ndeployment e extends last { }\n'],
    [uriOf('b'), `let length = 4\n${names}deployment last { gpus = lengtj }\n`],
  ]);
  const cache = new AnalysisCache();
  seen(uriOf('a'), files, cache);
  expect(seen(uriOf('b'), files, cache)).toEqual(seen(uriOf('b'), files));
});

const FILES = ['a', 'b', 'c', 'd'];
const NAMES = ['one', 'two', 'oen', 'three'];

/** Statements that name, define and hide each other over files. */
const statement: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...FILES).map((file) => `import "./${file}.moeplan"`),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES, '3', 'ten'))
    .map(([name, value]) => `let ${name} = ${value}`),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES, 'none'))
    .map(([name, base]) => `model ${name} extends ${base} { experts { count = ${name} } }`),
  fc.constantFrom(...NAMES).map((name) => `model ${name} { layers = 4, hidden = 512, attention { heads = 6 } }`),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES))
    .map(
      ([name, model]) =>
        `deployment ${name} { model = ${model}, cluster = two, workload = one, parallel { tp = ${model} } }`,
    ),
  fc.constantFrom(
    'cluster two { node = DGX-H100 }',
    'workload one { sequences = 2, length = 9 tokens }',
    'modle one { }',
  ),
);

const workspace = fc.array(fc.array(statement, { maxLength: 7 }), { minLength: FILES.length, maxLength: FILES.length });

/** A file looked at, edited, or closed and forgotten. */
const step = fc.record({ file: fc.nat(FILES.length - 1), kind: fc.constantFrom('look', 'edit', 'close'), edit });

test('in any order of opening, editing and closing, equal texts give equal findings, fixes and hovers', () => {
  fc.assert(
    fc.property(workspace, fc.array(step, { minLength: 2, maxLength: 8 }), (texts, steps) => {
      const files: Files = new Map(texts.map((lines, index) => [uriOf(FILES[index] ?? ''), `${lines.join('\n')}\n`]));
      const cache = new AnalysisCache();
      for (const { file, kind, edit: change } of steps) {
        const uri = uriOf(FILES[file] ?? '');
        if (kind === 'edit') files.set(uri, edited(files.get(uri) ?? '', change));
        if (kind === 'close') cache.language.forget(uri);
        expect(seen(uri, files, cache)).toEqual(seen(uri, files));
      }
    }),
    { numRuns: propertyRuns(40) },
  );
});
