import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { CLEAN_PLAN } from '../cli/moeplan.ts';
import { bundle, projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';

/** `npm start` of a checkout with one plan, without its editor. */
function start(
  files: Readonly<Record<string, string>>,
  change: (folder: string) => void = () => undefined,
  more: readonly string[] = [],
) {
  const folder = folderWith({ 'package.json': '{ "type": "module" }', ...files });
  cpSync(dirname(bundle('moeplan.mjs')), join(folder, 'dist'), { recursive: true });
  cpSync(join(projectRoot, 'scripts'), join(folder, 'scripts'), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  change(folder);
  const args = ['scripts/start.ts', 'plan.moeplan', '--no-editor', ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { folder, code: status, out: stdout, err: stderr };
}

test('a plan without a finding is said to have none, and is exported', () => {
  const { folder, code, out, err } = start({ 'plan.moeplan': CLEAN_PLAN });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('no problems in 1 file');
  expect(readdirSync(join(folder, 'out/plan')).sort()).toEqual(['inspect.json', 'plan.dot', 'plan.svg', 'report.md']);
});

test('a plan with errors is shown like any other: counted, and told in the file that is named', () => {
  const { folder, code, out } = start({ 'plan.moeplan': 'deployment {' });
  expect(code).toBe(0);
  expect(out).toMatch(/^plan\.moeplan: \d+ errors? in 1 file;/);
  expect(out).toContain('out/start/analysis.txt');
  expect(readFileSync(join(folder, 'out/start/analysis.txt'), 'utf8')).toContain('plan.moeplan:1:1: error');
});

test('what is said at length is a handful of lines, and all of it where that is asked for', () => {
  const plan = { 'plan.moeplan': CLEAN_PLAN };
  expect(start(plan).out.trim().split('\n').length).toBeLessThan(5);
  const { folder, out } = start(plan, undefined, ['--verbose']);
  const said = readFileSync(join(folder, 'out/start/analysis.txt'), 'utf8');
  expect(said).toContain('# Deployment analysis');
  expect(out.split('\n')).toEqual(expect.arrayContaining(said.split('\n')));
});

test.each<readonly [string, (folder: string) => void, string]>([
  ['makes a mistake', (folder) => rmSync(join(folder, 'dist/catalog'), { recursive: true }), 'internal error'],
  ['cannot be loaded', (folder) => rmSync(join(folder, 'dist/chunks'), { recursive: true }), 'ERR_MODULE_NOT_FOUND'],
])('a command line that %s is never shown as a plan without findings', (_, change, reason) => {
  const { code, out, err } = start({ 'plan.moeplan': CLEAN_PLAN }, change);
  expect(code).toBe(2);
  expect(out).not.toMatch(/none|no problems/);
  expect(err).toContain(reason);
});
