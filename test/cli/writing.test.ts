import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { CLEAN_PLAN, moeplan, shell } from './moeplan.ts';
import { moeplanDenied } from './unprivileged.ts';

/** A plan of some kilobytes that `format` changes. */
const UNFORMATTED = `${CLEAN_PLAN.replaceAll('  ', ' ')}${'// a comment\n'.repeat(400)}`;

const FILES = {
  'plan.moeplan': `import "./lib.moeplan"\n${CLEAN_PLAN.replace('experts { count', 'experts { popularity = "counts.csv", count')}model hf from "config.json"\n`,
  'lib.moeplan': 'let n = 1\n',
  'config.json': '{ "model_type": "mixtral" }\n',
  'counts.csv': '1\n1\n1\n1\n1\n1\n1\n1\n',
};

function contentsOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('nothing that was read is written over', () => {
  const outputs: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['the plan by another path', '../plans/plan.moeplan', () => undefined],
    ['a link to the plan', 'link', (at) => symlinkSync('plan.moeplan', join(at, 'link'))],
    [
      'a link to a link',
      'link',
      (at) => [symlinkSync('a', join(at, 'link')), symlinkSync('plan.moeplan', join(at, 'a'))],
    ],
    ['a second name of the plan', 'link', (at) => linkSync(join(at, 'plan.moeplan'), join(at, 'link'))],
    ['an import', 'lib.moeplan', () => undefined],
    ['a second name of an import', 'link', (at) => linkSync(join(at, 'lib.moeplan'), join(at, 'link'))],
    ['a config', 'config.json', () => undefined],
    ['a table of counts', './counts.csv', () => undefined],
  ];
  const commands = ['graph', 'trace', 'report --no-pictures'];
  test.each([
    ...outputs.map((output) => ['report', ...output] as const),
    ...commands.flatMap((command) => outputs.slice(3, 5).map((output) => [command, ...output] as const)),
  ])('%s to %s', (command, _, output, make) => {
    const folder = join(folderWith({}), 'plans');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    make(folder);
    const before = contentsOf(folder);
    const { code, err } = moeplan([...command.split(' '), 'plan.moeplan', '-o', output], folder);
    expect(err).toContain('which would be lost; name another file');
    expect(code).toBe(2);
    expect(contentsOf(folder)).toEqual(before);
  });

  test('by a picture beside a report either', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    linkSync(join(folder, 'plan.moeplan'), join(folder, 'r-plan.svg'));
    const { code, err } = moeplan(['report', 'plan.moeplan', '-o', 'r.md'], folder);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('r-plan.svg is the plan itself') });
    expect(contentsOf(folder)).toEqual({ 'plan.moeplan': CLEAN_PLAN, 'r-plan.svg': CLEAN_PLAN });
  });
});

/** A pipe with a name whose reader is there, and ends for certain where its writer has not come. */
const NAMED_PIPE = 'mkfifo pipe; exec 3<>pipe 4<pipe; cat <&4 3>&- & exec 4<&-;';
const HUNG_UP = 'exec 3>&-; wait';

describe('a file is written whole or not at all', () => {
  test('format leaves all of several files as they were where one has no place', () => {
    const files = { 'a.moeplan': CLEAN_PLAN.replaceAll('  ', ' '), 'b.moeplan': UNFORMATTED };
    const folder = folderWith(files);
    const { code, out, err } = shell('ulimit -f 1; moeplan format a.moeplan b.moeplan', folder);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('moeplan: cannot write b.moeplan: it would be larger than a file may be here (see `ulimit -f`)\n');
    expect(contentsOf(folder)).toEqual(files);
  });

  test.each(['report plan.moeplan', 'graph plan.moeplan', 'trace plan.moeplan'])(
    '%s -o keeps what was there',
    (command) => {
      const files = { 'plan.moeplan': CLEAN_PLAN, 'out.md': 'kept\n' };
      const folder = folderWith(files);
      expect(shell(`ulimit -f 1; moeplan ${command} -o out.md`, folder)).toMatchObject({ code: 2, out: '' });
      expect(contentsOf(folder)).toEqual(files);
    },
  );

  test('a report whose picture has no place is not written either', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    mkdirSync(join(folder, 'r-plan.svg'));
    const { code, err } = moeplan(['report', 'plan.moeplan', '-o', 'r.md'], folder);
    expect({ code, err }).toEqual({ code: 2, err: 'moeplan: cannot write r-plan.svg: it is a folder; name a file\n' });
    expect(readdirSync(folder).sort()).toEqual(['plan.moeplan', 'r-plan.svg']);
  });

  test('through a link into its target, which keeps its mode; nothing is left beside', () => {
    const folder = folderWith({ 'deep/plan.moeplan': UNFORMATTED });
    const target = join(folder, 'deep/plan.moeplan');
    chmodSync(target, 0o640);
    symlinkSync('deep/plan.moeplan', join(folder, 'link.moeplan'));
    expect(moeplan(['format', 'link.moeplan'], folder)).toMatchObject({ code: 0, out: 'link.moeplan formatted\n' });
    expect(readlinkSync(join(folder, 'link.moeplan'))).toBe('deep/plan.moeplan');
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readFileSync(target, 'utf8')).toContain('\n  layers');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['plan.moeplan']);
  });

  test('through a link that leads to no file yet, which makes it', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'deep/.keep': '' });
    symlinkSync('deep/new.svg', join(folder, 'out.svg'));
    expect(moeplan(['graph', 'plan.moeplan', '-o', 'out.svg'], folder)).toMatchObject({ code: 0, err: '' });
    expect(lstatSync(join(folder, 'out.svg')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'deep/new.svg'), 'utf8')).toMatch(/^<svg /);
  });

  test('to a device as it is', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    expect(shell('moeplan graph plan.moeplan -o /dev/null', folder)).toMatchObject({ code: 0, err: '' });
    const full = shell('moeplan graph plan.moeplan -o /dev/full', folder);
    expect(full).toEqual({ code: 2, out: '', err: 'moeplan: cannot write /dev/full: the disk is full\n' });
  });

  test.each([
    ['standard output that is a pipe', 'moeplan graph plan.moeplan -o /dev/stdout | cat'],
    ['standard output as a parent gives it', 'moeplan graph plan.moeplan -o /dev/stdout'],
    ['standard output by its number', 'moeplan graph plan.moeplan -o /dev/fd/1 | cat'],
    ['another descriptor', 'moeplan graph plan.moeplan -o /dev/fd/3 3>&1 | cat'],
    ['a pipe of the shell', '{ moeplan graph plan.moeplan -o >(cat >&3); } 3>&1 | cat'],
    ['a pipe with a name', `${NAMED_PIPE} moeplan graph plan.moeplan -o pipe; ${HUNG_UP}`],
    ['a link to one', `${NAMED_PIPE} ln -s pipe link; moeplan graph plan.moeplan -o link; ${HUNG_UP}`],
    ['a file that standard output goes to', 'moeplan graph plan.moeplan -o /dev/stdout > out.svg; cat out.svg'],
  ])('to %s', (_, lines) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    const plain = moeplan(['graph', 'plan.moeplan'], folder);
    expect(shell(lines, folder)).toEqual(plain);
  });

  test('to a file that others write to before and behind', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    shell('{ echo before; moeplan graph plan.moeplan -o /dev/stdout; echo behind; } > out', folder);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toMatch(/^before\n<svg [\s\S]*<\/svg>\nbehind\n$/);
  });

  test('to a reader that has seen enough', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    // The reader has gone for certain before anything is written.
    const { code, err } = shell('exec 3> >(true); wait $!; moeplan graph plan.moeplan -o /dev/fd/3', folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('a report to a pipe, which has no place for pictures, is written without', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    const plain = moeplan(['report', 'plan.moeplan'], folder);
    expect(shell(`${NAMED_PIPE} moeplan report plan.moeplan -o pipe; ${HUNG_UP}`, folder)).toEqual(plain);
    expect(readdirSync(folder).sort()).toEqual(['pipe', 'plan.moeplan']);
    const asked = moeplan(['report', 'plan.moeplan', '-o', '/dev/null', '--pictures', 'svg'], folder);
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('/dev/null is no file') });
  });

  // Only the system's own user may give a file to someone else.
  test.runIf(process.getuid?.() === 0)(
    'of several, those that have taken their places are named where one cannot',
    () => {
      const files = { 'a.moeplan': UNFORMATTED, 'b.moeplan': UNFORMATTED };
      const folder = folderWith(files);
      // In such a folder a file that anyone may write is replaced by its owner alone.
      chmodSync(folder, 0o1777);
      for (const name of ['a.moeplan', 'b.moeplan']) chmodSync(join(folder, name), 0o666);
      chownSync(join(folder, 'a.moeplan'), 65_534, 65_534);
      const { code, out, err } = moeplanDenied(['format', 'a.moeplan', 'b.moeplan'], folder, 0o1777);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toBe('moeplan: cannot write b.moeplan: access is denied; a.moeplan is written\n');
      expect(readFileSync(join(folder, 'b.moeplan'), 'utf8')).toBe(UNFORMATTED);
      expect(readFileSync(join(folder, 'a.moeplan'), 'utf8')).not.toBe(UNFORMATTED);
      expect(readdirSync(folder).sort()).toEqual(Object.keys(files));
    },
  );

  test('never where writing is denied, to the file or beside it', () => {
    const folder = folderWith({ 'open/plan.moeplan': UNFORMATTED, 'closed/plan.moeplan': UNFORMATTED });
    chmodSync(join(folder, 'open'), 0o777);
    chmodSync(join(folder, 'open/plan.moeplan'), 0o444);
    chmodSync(join(folder, 'closed'), 0o555);
    chmodSync(join(folder, 'closed/plan.moeplan'), 0o666);
    expect(moeplanDenied(['format', 'open/plan.moeplan'], folder)).toEqual({
      code: 2,
      out: '',
      err: 'moeplan: cannot write open/plan.moeplan: access is denied\n',
    });
    const beside = moeplanDenied(['format', 'closed/plan.moeplan'], folder);
    expect(beside.err).toContain('nothing can be written beside it (access is denied)');
    for (const name of ['open', 'closed'])
      expect(readFileSync(join(folder, name, 'plan.moeplan'), 'utf8')).toBe(UNFORMATTED);
  });
});

describe('a file that is named twice is formatted once', () => {
  test.each<readonly [string, readonly string[], (folder: string) => void]>([
    ['through a link', ['a.moeplan', 'b.moeplan'], (at) => symlinkSync('a.moeplan', join(at, 'b.moeplan'))],
    ['through a folder', ['a.moeplan', 'f/a.moeplan'], (at) => symlinkSync('.', join(at, 'f'))],
    ['by another path', ['a.moeplan', './a.moeplan'], () => undefined],
  ])('%s', (_, names, make) => {
    const folder = folderWith({ 'a.moeplan': UNFORMATTED });
    make(folder);
    expect(moeplan(['format', ...names], folder)).toEqual({ code: 0, out: 'a.moeplan formatted\n', err: '' });
    expect(moeplan(['format', '--check', ...names], folder)).toMatchObject({ code: 0, out: '' });
  });

  test('and both where a file has two names of its own', () => {
    const folder = folderWith({ 'a.moeplan': UNFORMATTED });
    linkSync(join(folder, 'a.moeplan'), join(folder, 'b.moeplan'));
    expect(moeplan(['format', 'a.moeplan', 'b.moeplan'], folder)).toMatchObject({ code: 0, err: '' });
    expect(moeplan(['format', '--check', 'a.moeplan', 'b.moeplan'], folder)).toMatchObject({ code: 0, out: '' });
  });

  test('while a report and its picture stay two', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'r.md': '' });
    linkSync(join(folder, 'r.md'), join(folder, 'r-plan.svg'));
    expect(moeplan(['report', 'plan.moeplan', '-o', 'r.md'], folder)).toMatchObject({
      code: 2,
      err: 'moeplan: r-plan.svg and r.md are one file; name another one\n',
    });
  });
});

describe('standard output', () => {
  const folder = () => folderWith({ 'plan.moeplan': CLEAN_PLAN, 'broken.moeplan': 'deployment {' });
  const commands = ['check', 'report', 'graph', 'trace', 'inspect', 'compare'].map(
    (command) => `${command} plan.moeplan`,
  );

  test.each([...commands, 'check broken.moeplan', '--help', '--version', 'graph --help'])(
    '%s on a full disk',
    (command) => {
      const { code, err } = shell(`moeplan ${command} > /dev/full`, folder());
      expect({ code, err }).toEqual({ code: 2, err: 'moeplan: cannot write to standard output: the disk is full\n' });
    },
  );

  test.each([...commands, '--help'])('%s for a reader that has seen enough', (command) => {
    const { code, err } = shell(`set -o pipefail; moeplan ${command} | true`, folder());
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('errors that were found are told to a pipeline whose reader has gone', () => {
    const { code, err } = shell('set -o pipefail; moeplan check broken.moeplan | true', folder());
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });

  test('a standard error that nobody can write to changes nothing', () => {
    expect(shell('moeplan check none.moeplan 2> /dev/full', folder())).toMatchObject({ code: 2, out: '' });
  });
});
