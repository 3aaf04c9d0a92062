import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { readerOf, shippedReader } from '../support/schemas.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';
import { SARIF_SCHEMA, type SarifLog } from './sarif.ts';

interface Checked {
  readonly diagnostics: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
    readonly severity: 'error' | 'warning' | 'information';
    readonly rule: string;
    readonly message: string;
  }[];
}

const readChecked = shippedReader<Checked>('check');
const readSarif = readerOf<SarifLog>(SARIF_SCHEMA);
const FORMATS = ['text', 'json', 'sarif', 'github'];
const BROKEN = 'examples/broken.moeplan';

describe('exit codes', () => {
  test.each(FORMATS)('0 where nothing is wrong (%s)', (format) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    expect(moeplan(['check', 'plan.moeplan', '--format', format], folder)).toMatchObject({ code: 0, err: '' });
  });

  test.each(FORMATS)('1 where one of several files has an error (%s)', (format) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'bad.moeplan': 'deployment {' });
    const ran = moeplan(['check', 'plan.moeplan', 'bad.moeplan', '--format', format], folder);
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('bad.moeplan');
  });

  test('0 with warnings alone', () => {
    const claim = CLEAN_PLAN.replace('parallel { ep = 8 }', 'parallel { ep = 8 }\n  expect { latency <= 1 us }');
    const { code, out } = moeplan(['check', 'plan.moeplan'], folderWith({ 'plan.moeplan': claim }));
    expect(out).toContain('warning[claim-not-met]');
    expect(code).toBe(0);
  });

  test.each<readonly [string, readonly string[], string]>([
    ['a missing file', ['check', 'nowhere.moeplan'], 'cannot read nowhere.moeplan: there is no such file or folder'],
    ['a folder in place of a file', ['report', 'examples'], 'cannot read examples: it is a folder'],
    ['a folder without plans', ['check', 'media'], 'no .moeplan file lies below media'],
    ['no file', ['check'], "missing required argument 'files'"],
    ['an unknown format', ['check', EXAMPLE, '--format', 'xml'], 'Allowed choices are text, json, sarif, github'],
    ['an unknown option', ['check', EXAMPLE, '--fromat', 'json'], 'Did you mean --format?'],
    ['an unknown command', ['chek', EXAMPLE], 'Did you mean check?'],
    ['no command', [], 'Usage: moeplan'],
  ])('2 for %s, with the reason on standard error alone', (_, args, reason) => {
    const { code, out, err } = moeplan(args);
    expect(err).toContain(reason);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toMatch(/\bat .*:\d+:\d+\)?$/m);
  });

  test('a folder stands for the plans below it', () => {
    const folder = folderWith({ 'a.moeplan': CLEAN_PLAN, 'deep/b.moeplan': 'deployment {', 'notes.txt': '' });
    const { code, out } = moeplan(['check', '.', '--format', 'text'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^deep\/b\.moeplan:1:/);
    expect(out).toMatch(/in 2 files\n$/);
  });

  test('one file that cannot be read stops the whole check', () => {
    expect(moeplan(['check', EXAMPLE, 'nowhere.moeplan'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('what is printed', () => {
  const text = readFileSync(join(projectRoot, BROKEN), 'utf8');
  const lines = text.split('\n');
  const json = () => readChecked(moeplan(['check', BROKEN, '--format', 'json']).out).diagnostics;

  test('json: every place lies inside the text, in its order', () => {
    const found = json();
    expect(found.length).toBeGreaterThan(10);
    let before = 0;
    for (const { file, line, column, endLine, endColumn } of found) {
      expect(file).toBe(BROKEN);
      const offset = (at: number, character: number) => lines.slice(0, at - 1).join('\n').length + 1 + character;
      expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1]?.length ?? 0) + 1);
      expect(offset(endLine, endColumn)).toBeGreaterThanOrEqual(offset(line, column));
      expect(offset(line, column)).toBeGreaterThanOrEqual(before);
      before = offset(line, column);
    }
  });

  test('text: the same findings, each with its line of the file and a mark, then a count', () => {
    const { out } = moeplan(['check', BROKEN]);
    const found = json();
    for (const { line, column, severity, rule, message } of found) {
      const word = severity === 'information' ? 'note' : severity;
      expect(out).toContain(
        `${BROKEN}:${line}:${column}: ${word}[${rule}]: ${message}\n${' '.repeat(String(line).length)} |\n${line} | ${lines[line - 1]}\n`,
      );
    }
    const errors = found.filter(({ severity }) => severity === 'error').length;
    expect(out.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${errors} errors?, .*in 1 file$`));
  });

  test('github: a workflow command for each finding', () => {
    const { out } = moeplan(['check', BROKEN, '--format', 'github']);
    const commands = out.trimEnd().split('\n');
    const found = json();
    expect(commands).toHaveLength(found.length);
    for (const [index, { line, column, rule, severity }] of found.entries()) {
      const word = { error: 'error', warning: 'warning', information: 'notice' }[severity];
      expect(commands[index]).toMatch(
        new RegExp(`^::${word} file=${BROKEN},line=${line},col=${column},endLine=\\d+,endColumn=\\d+,title=${rule}::.`),
      );
    }
  });

  test('github: what would end a property or a message is escaped', () => {
    const folder = folderWith({ 'a,b:c%d.moeplan': 'deployment {' });
    const { out } = moeplan(['check', 'a,b:c%d.moeplan', '--format', 'github'], folder);
    expect(out).toMatch(/^::error file=a%2Cb%3Ac%25d\.moeplan,line=1,/);
  });

  test('hints are for editors', () => {
    const folder = folderWith({ 'plan.moeplan': `let unused = 3\n${CLEAN_PLAN}` });
    expect(moeplan(['check', 'plan.moeplan'], folder).out).toBe('no problems in 1 file\n');
    expect(readChecked(moeplan(['check', 'plan.moeplan', '--format', 'json'], folder).out)).toEqual({
      diagnostics: [],
    });
  });

  test.each(FORMATS)('equal files give equal bytes (%s)', (format) => {
    const run = () => moeplan(['check', EXAMPLE, BROKEN, '--format', format]).out;
    expect(run()).toBe(run());
  });

  test('an import is read from beside its file, and files may lie outside the working folder', () => {
    const [model = '', ...rest] = CLEAN_PLAN.split(/(?=workload)/);
    const folder = folderWith({
      'models/small.moeplan': model,
      'plans/plan.moeplan': `import "./../models/small.moeplan"\n${rest.join('')}`,
      'plans/beside.moeplan': CLEAN_PLAN,
      'empty/.keep': '',
    });
    expect(moeplan(['check', 'plans/plan.moeplan'], folder)).toMatchObject({ code: 0, out: 'no problems in 1 file\n' });
    expect(moeplan(['check', '../plans/beside.moeplan'], join(folder, 'empty'))).toMatchObject({ code: 0 });
  });
});

describe('sarif', () => {
  const run = (files: readonly string[], folder?: string) =>
    readSarif(moeplan(['check', ...files, '--format', 'sarif'], folder).out).runs;

  test('obeys SARIF 2.1.0: rules by index, levels, regions that end behind their start', () => {
    const runs = run([EXAMPLE, BROKEN]);
    expect(runs).toHaveLength(1);
    const rules = runs[0]?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    const results = runs[0]?.results ?? [];
    const checked = readChecked(moeplan(['check', EXAMPLE, BROKEN, '--format', 'json']).out).diagnostics;
    expect(results.map(({ ruleId, message }) => [ruleId, message.text])).toEqual(
      checked.map(({ rule, message }) => [rule, message]),
    );
    for (const { ruleId, ruleIndex, locations } of results) {
      expect(rules[ruleIndex]?.id).toBe(ruleId);
      for (const { physicalLocation } of locations) {
        const { startLine, startColumn, endLine, endColumn } = physicalLocation.region;
        expect(endLine > startLine || endColumn >= startColumn).toBe(true);
      }
    }
  });

  test('a file name with spaces, letters of any script and % is a valid URI that leads back to it', () => {
    const name = 'plän 100%/a b#c?.moeplan';
    const [only] = run([name], folderWith({ [name]: 'deployment {' }));
    const uri = only?.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
    expect(decodeURIComponent(uri)).toBe(name);
    expect(uri).not.toMatch(/[ #?]/);
  });

  test('no finding gives a run with no results, which closes old alerts', () => {
    const [only] = run(['plan.moeplan'], folderWith({ 'plan.moeplan': CLEAN_PLAN }));
    expect(only?.results).toEqual([]);
  });
});

test('what an argument holds is shown, not obeyed', () => {
  const folder = folderWith({});
  const { code, err } = moeplan(['check', 'gone\u001b[31m.moeplan'], folder);
  expect(code).toBe(2);
  expect(err).toContain('gone\u241b[31m.moeplan');
  expect(moeplan(['check', 'a', '--\u001b[31m'], folder).err).not.toContain('\u001b');
});
