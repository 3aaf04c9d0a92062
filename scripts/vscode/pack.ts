/**
 * `npm run package [-- FILE]`: the extension as a .vsix, by default `out/moeplan-VERSION.vsix`. Its files are those that
 * `files` in package.json allows. Run after a build.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { npmInstall } from './install.ts';
import { readRecord } from './json.ts';
import { editorCache, projectRoot } from './paths.ts';
import { runQuietly } from './processes.ts';

/** Installed on demand and not a dependency: 285 packages that nothing else needs. */
const vsceVersion = '3.9.2';

/** What is allowed to a .vsix, in bytes: a download that nobody waits for. */
export const LARGEST_VSIX = 2_000_000;

/** The path of vsce's script, installed under `.vscode-test/` unless it is there. */
async function ensureVsce(): Promise<string> {
  const home = join(editorCache, `vsce-${vsceVersion}`);
  const entry = join(home, 'node_modules', '@vscode', 'vsce', 'vsce');
  if (!existsSync(entry)) {
    process.stdout.write(`Installing vsce ${vsceVersion} (packs extensions) under .vscode-test/, once ...\n`);
    mkdirSync(home, { recursive: true });
    await npmInstall(home, '--no-package-lock', `@vscode/vsce@${vsceVersion}`);
  }
  return entry;
}

/**
 * Packs the extension of the project.
 *
 * @throws an Error where vsce refuses, or where the package is larger than LARGEST_VSIX.
 */
export async function packExtension(file = defaultFile()): Promise<string> {
  const out = resolve(file);
  mkdirSync(dirname(out), { recursive: true });
  const vsce = await ensureVsce();
  const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  await runQuietly(process.execPath, [vsce, 'package', ...flags, '--out', out], { cwd: projectRoot });
  const { size } = statSync(out);
  if (size > LARGEST_VSIX) throw new Error(`${out} has ${size} bytes, more than ${LARGEST_VSIX}: what came along?`);
  return out;
}

function defaultFile(): string {
  return join(projectRoot, 'out', `moeplan-${String(readRecord(join(projectRoot, 'package.json')).version)}.vsix`);
}

if (import.meta.main) {
  const file = await packExtension(process.argv[2]);
  process.stdout.write(`${file}: ${Math.round(statSync(file).size / 1000)} kB\n`);
}
