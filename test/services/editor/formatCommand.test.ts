import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../../server/src/cli/program.ts';

const shipped = { catalogFolder: join(import.meta.dirname, '../../../server/src/catalog'), pageOf: () => undefined };
let folder: string;
let printed: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('files are written in their usual form, once', async () => {
  const [bad, good] = [file('bad.moeplan', 'let a=1\r\n'), file('good.moeplan', 'let a = 1\n')];
  expect(await run(['format', bad, good], shipped)).toBe(0);
  expect(readFileSync(bad, 'utf8')).toBe('let a = 1\r\n');
  expect(printed).toBe(`${bad} formatted\n`);
  printed = '';
  expect(await run(['format', '--check', bad, good], shipped)).toBe(0);
  expect(printed).toBe('');
});

test('--check names the files, changes nothing and fails', async () => {
  const bad = file('bad.moeplan', 'let a=1\n');
  expect(await run(['format', '--check', bad], shipped)).toBe(1);
  expect(readFileSync(bad, 'utf8')).toBe('let a=1\n');
  expect(printed).toBe(`${bad} is not formatted\n`);
});

test('nothing is written when one of the files cannot be read', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const bad = file('bad.moeplan', 'let a=1\n');
  expect(await run(['format', bad, join(folder, 'absent.moeplan')], shipped)).toBe(2);
  expect(await run(['format', bad, file('latin.moeplan', new Uint8Array([0x2f, 0x2f, 0xe9]))], shipped)).toBe(2);
  expect(readFileSync(bad, 'utf8')).toBe('let a=1\n');
});
