import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call, startedIn } from '../mcp/client.ts';
import { folderWith } from '../support/folders.ts';
import { CLEAN_PLAN, moeplan, shell } from './moeplan.ts';
import { moeplanDenied } from './unprivileged.ts';

const OVER_8_MIB = 8 * 2 ** 20 + 1;
const BROKEN = 'deployment {';
/** Uses a model of another file. */
const USE = (from: string) => `${from}\n${CLEAN_PLAN.replace('model small', 'model other')}`;

/** A folder with a plan that is too large, by blanks at its end. */
function withLarge(files: Readonly<Record<string, string>> = {}): string {
  const folder = folderWith({ 'big.moeplan': CLEAN_PLAN, 'big.json': '{}', 'big.csv': '1', ...files });
  for (const name of ['big.moeplan', 'big.json', 'big.csv']) truncateSync(join(folder, name), OVER_8_MIB);
  return folder;
}

describe('a file that was named and is too large', () => {
  const commands = ['check', 'report', 'inspect', 'graph', 'trace', 'compare', 'format', 'format --check'];
  test.each(commands)('%s says so', (command) => {
    const { code, out, err } = moeplan([...command.split(' '), 'big.moeplan'], withLarge());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('moeplan: cannot read big.moeplan: it has more than 8 MiB; split it\n');
  });

  test('is no reason to read a device without an end for ever', () => {
    expect(moeplan(['check', '/dev/zero']).err).toContain('more than 8 MiB');
  });
});

describe('a pipe is read to its end', () => {
  test.each([
    ['standard input', 'moeplan check /dev/stdin < broken.moeplan', '/dev/stdin:1:1: error'],
    ['a pipe of the shell', 'cat broken.moeplan | moeplan check /dev/stdin', '/dev/stdin:1:1: error'],
    ['the output of a command', 'moeplan check <(cat broken.moeplan)', ':1:1: error'],
    ['a pipe with a name', 'mkfifo pipe; cat broken.moeplan > pipe & moeplan check pipe', 'pipe:1:1: error'],
    ['a pipe with a name, given twice', 'mkfifo p; cat broken.moeplan > p & moeplan check p p', 'in 2 files'],
  ])('%s', (_, lines, expected) => {
    const { code, out, err } = shell(lines, folderWith({ 'broken.moeplan': BROKEN }));
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain(expected);
  });

  test.each(['inspect', 'report', 'graph', 'trace', 'compare'])('by %s too', (command) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    const piped = shell(`cat plan.moeplan | moeplan ${command} /dev/stdin`, folder);
    const named = moeplan([command, 'plan.moeplan'], folder);
    expect(piped.out.replaceAll('/dev/stdin', 'plan.moeplan')).toBe(named.out);
    expect(piped).toMatchObject({ code: 0, err: '' });
  });

  test('two of them are compared, and imports start from the working folder', () => {
    const files = { 'plan.moeplan': `import "./few.moeplan"\n${CLEAN_PLAN}`, 'few.moeplan': 'let n = 1\n' };
    const compared = shell('moeplan compare <(cat plan.moeplan) <(sed s/1024/2048/ plan.moeplan)', folderWith(files));
    expect(compared.out).toMatch(/hidden\s+1,024\s+->\s+2,048/);
    expect(compared).toMatchObject({ code: 0, err: '' });
  });

  test('but not written back to', () => {
    const { code, err } = shell('moeplan format <(cat plan.moeplan)', folderWith({ 'plan.moeplan': CLEAN_PLAN }));
    expect(code).toBe(2);
    expect(err).toContain('it is a pipe or a device and cannot be written back; name a file');
  });
});

describe('what a plan names and is not read', () => {
  const cases = [
    ['an import that is too large', USE('import "./big.moeplan"'), 'it has more than 8 MiB'],
    ['a config that is too large', USE('model small from "./big.json"'), 'it has more than 8 MiB'],
    [
      'a table that is too large',
      CLEAN_PLAN.replace('experts { count', 'experts { popularity = "big.csv", count'),
      'it has more than 8 MiB',
    ],
    ['a folder', USE('import "./folder"'), 'it is a folder'],
    ['a pipe', USE('import "./pipe.moeplan"'), 'it is a pipe or a device'],
  ] as const;

  function folderFor(plan: string): string {
    const folder = withLarge({ 'use.moeplan': plan });
    mkdirSync(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'pipe.moeplan')]);
    return folder;
  }

  test.each(cases)('%s is a finding of check, in its place', (_, plan, reason) => {
    const { code, out, err } = moeplan(['check', 'use.moeplan'], folderFor(plan));
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('error[file-not-read]');
    expect(out).toContain(`was not read: ${reason}`);
  });

  test.each(cases)('%s ends every command that computes', (_, plan, reason) => {
    const folder = folderFor(plan);
    for (const command of ['report', 'inspect', 'graph', 'trace', 'compare']) {
      const { code, out, err } = moeplan([command, 'use.moeplan'], folder);
      expect({ code, out }, command).toEqual({ code: 2, out: '' });
      expect(err, command).toContain(`which use.moeplan names, was not read: ${reason}`);
    }
  });

  test('may be denied, a file and a folder alike', () => {
    const folder = folderWith({ 'use.moeplan': USE('import "./secret.moeplan"'), 'secret.moeplan': 'let n = 1\n' });
    chmodSync(join(folder, 'secret.moeplan'), 0);
    expect(moeplanDenied(['check', 'use.moeplan'], folder).out).toContain('was not read: access is denied');
    expect(moeplanDenied(['inspect', 'use.moeplan'], folder)).toMatchObject({ code: 2, out: '' });
    expect(moeplanDenied(['check', 'secret.moeplan'], folder).err).toContain('cannot read secret.moeplan: access');
  });

  test('is told to an assistant by every tool', async () => {
    const folder = withLarge({ 'use.moeplan': USE('import "./big.moeplan"') });
    const client = await startedIn(folder);
    for (const name of ['check', 'inspect', 'compare']) {
      const direct = await call(client, name, { path: 'big.moeplan' });
      expect([name, direct.isError, direct.text]).toEqual([
        name,
        true,
        expect.stringContaining('cannot read big.moeplan: it has more than 8 MiB'),
      ]);
      const imported = await call(client, name, { path: 'use.moeplan' });
      expect([name, imported.text]).toEqual([name, expect.stringContaining('was not read: it has more than 8 MiB')]);
    }
  });
});

describe('a mark in front of a text', () => {
  test('counts as no column', () => {
    expect(moeplan(['check', 'plan.moeplan'], folderWith({ 'plan.moeplan': '\ufefflet a = nope\n' })).out).toContain(
      'plan.moeplan:1:9: error',
    );
  });

  test('stays where the file is formatted', () => {
    const folder = folderWith({ 'plan.moeplan': '\ufefflet a=1\nlet b = 1\n', 'one.moeplan': `\ufeff${CLEAN_PLAN}` });
    moeplan(['format', 'plan.moeplan', 'one.moeplan'], folder);
    expect(readFileSync(join(folder, 'plan.moeplan'), 'utf8')).toMatch(/^\ufefflet a/);
    expect(readFileSync(join(folder, 'one.moeplan'), 'utf8')).toBe(`\ufeff${CLEAN_PLAN}`);
  });
});

describe('a folder is read whole', () => {
  test('links to plans and folders are followed, in a circle too, and each plan is checked once', () => {
    const folder = folderWith({ 'a/plan.moeplan': CLEAN_PLAN, 'elsewhere/other.moeplan': BROKEN });
    symlinkSync('..', join(folder, 'a/up'));
    symlinkSync('.', join(folder, 'a/self'));
    symlinkSync('../elsewhere', join(folder, 'a/link'));
    const { code, out, err } = moeplan(['check', 'a'], folder);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toContain('other.moeplan:1:1: error');
    expect(out).toMatch(/in 2 files\n$/);
  });

  test.each<readonly [string, (folder: string) => void, string]>([
    ['a link that leads nowhere', (at) => symlinkSync('gone.moeplan', join(at, 'x.moeplan')), 'leads nowhere'],
    ['links in a circle', (at) => symlinkSync('x.moeplan', join(at, 'x.moeplan')), 'leads back to itself'],
    ['a pipe', (at) => execFileSync('mkfifo', [join(at, 'x.moeplan')]), 'is a pipe or a device'],
    ['a link to a device', (at) => symlinkSync('/dev/null', join(at, 'x.moeplan')), 'is a pipe or a device'],
  ])('%s is told, with exit code 2', (_, make, reason) => {
    const folder = folderWith({ 'plans/plan.moeplan': CLEAN_PLAN });
    make(join(folder, 'plans'));
    const { code, out, err } = moeplan(['check', 'plans'], folder);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`x.moeplan `);
    expect(err).toContain(reason);
  });

  test('what an editor sets beside a plan that it edits is none', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    symlinkSync('me@host.1:2', join(folder, '.#plan.moeplan'));
    expect(moeplan(['check', '.'], folder)).toMatchObject({ code: 0, out: 'no problems in 1 file\n' });
  });

  test('a folder in it that is denied is told', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'closed/plan.moeplan': CLEAN_PLAN });
    chmodSync(join(folder, 'closed'), 0);
    const { code, out, err } = moeplanDenied(['check', '.'], folder);
    chmodSync(join(folder, 'closed'), 0o755);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/\. was not read whole: the folder .*closed was not read: access is denied\n$/);
  });
});
