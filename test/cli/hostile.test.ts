import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { CLEAN_PLAN, moeplan } from './moeplan.ts';

const PIECES = [
  'model m { layers = 2, hidden = 64 }\n',
  'import "./b.moeplan"\n',
  'import "./folder"\n',
  'model hf from "c.json"\n',
  'import "\u{1f600}"\n',
  'let x = [1, 2]\n',
  'deployment plan { model = m }\n',
  'deployment { }\n',
  'compare plan plan { throughput >= 1 x }\n',
  '}',
  '{',
  '"',
  '/*',
  '\0',
  '\u001b[31m',
  '\ufeff',
  '\u2028',
  'pattern = "EM-*"',
  '= 1e309',
  '-',
  'expect { }',
  ...CLEAN_PLAN.split(/(?<=\n)/),
];
const plan = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.nat({ max: CLEAN_PLAN.length }), fc.nat({ max: 30 }), fc.constantFrom(...PIECES))
      .map(([at, removed, put]) => Buffer.from(CLEAN_PLAN.slice(0, at) + put + CLEAN_PLAN.slice(at + removed))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);
const config = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc
    .record({
      model_type: fc.constantFrom('mixtral', 'constructor', 7),
      num_hidden_layers: fc.constantFrom(0, -1, 2, 1e300, null, '4'),
    })
    .map((value) => JSON.stringify(value)),
  fc.string(),
);
const COMMANDS = [
  ['check', 'a.moeplan'],
  ['check', '.', '--format', 'json'],
  ['check', '.', '--format', 'sarif'],
  ['check', '.', '--format', 'github'],
  ['report', 'a.moeplan'],
  ['report', 'a.moeplan', '-o', 'r.md'],
  ['inspect', 'a.moeplan'],
  ['graph', 'a.moeplan'],
  ['graph', 'a.moeplan', '--format', 'dot', '--fold'],
  ['graph', 'a.moeplan', '--format', 'mermaid', '-o', 'folder'],
  ['trace', 'a.moeplan'],
  ['compare', 'a.moeplan'],
  ['compare', 'a.moeplan', 'b.moeplan'],
  ['compare', 'a.moeplan#plan', 'b.moeplan#plan', '--format', 'svg'],
  ['format', 'a.moeplan', 'b.moeplan'],
  ['format', '--check', 'a.moeplan'],
  ['inspect', 'a.moeplan', '--deployment', '__proto__'],
  ['check', ''],
  ['check', '\u{1f600}'],
  ['graph', 'a.moeplan', '-o', ''],
];

const FORGED = 'nope\nmoeplan: all is well';

test.each([
  ['check', FORGED],
  ['format', FORGED],
  ['compare', `${FORGED}.moeplan`],
  ['check', '--format', FORGED, 'none.moeplan'],
  [FORGED],
  [`--${FORGED}`],
])('a break in an argument begins no line of its own: %j', (...args) => {
  const { code, out, err } = moeplan(args, folderWith({}));
  expect(code).toBe(2);
  expect(`${out}${err}`).toContain('nope moeplan: all is well');
  expect(`${out}${err}`.split('\n').filter((line) => line.startsWith('moeplan: all'))).toEqual([]);
});

test('nor does one in the name of a file that was formatted', () => {
  const name = 'a.moeplan\nb.moeplan';
  const folder = folderWith({ [name]: 'let a=1\nlet bb = 1\n' });
  expect(moeplan(['format', '--check', name], folder).out).toBe('a.moeplan b.moeplan is not formatted\n');
  expect(moeplan(['format', name], folder).out).toBe('a.moeplan b.moeplan formatted\n');
});

test('whatever files hold, a command ends with a code of the documentation and at most lines of its own', () => {
  fc.assert(
    fc.property(plan, plan, config, fc.constantFrom(...COMMANDS), (a, b, json, command) => {
      const folder = folderWith({ 'c.json': json });
      mkdirSync(join(folder, 'folder'));
      writeFileSync(join(folder, 'a.moeplan'), a);
      writeFileSync(join(folder, 'b.moeplan'), b);
      const { code, err } = moeplan(command, folder);
      const isFinding = command[0] === 'check' || command[0] === 'format';
      expect(isFinding ? [0, 1, 2] : [0, 2]).toContain(code);
      expect(err === '', err).toBe(code !== 2);
      expect(err.replace(/^moeplan: .*\n$/, '')).toBe('');
    }),
    { numRuns: propertyRuns(8) },
  );
});
