/**
 * `npm run package [-- FILE]`: the extension as a .vsix, by default `out/moeplan-VERSION.vsix`. Its files are those that
 * `files` in package.json allows. Run after a build. It says what is missing before the package can be published
 * (docs/publishing.md); with `--publishable` it then packs nothing and fails.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { npmInstall } from './install.ts';
import { readRecord } from './json.ts';
import { editorCache, projectRoot } from './paths.ts';
import { runQuietly } from './processes.ts';
import { missingForPublishing } from './publishing.ts';

/** Installed on demand and not a dependency: 285 packages that nothing else needs. */
const vsceVersion = '3.9.2';

/**
 * What is allowed to a .vsix, in bytes: a download that nobody waits for. The server is in it three times (desktop, browser, command
 * line), and so are the tables of engines' arguments.
 */
const LARGEST_VSIX = 2_500_000;

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
  // Links of README lead into the repository where there is one; without, they stay as they are.
  const unpublished = manifest().repository === undefined;
  const flags = [
    '--no-dependencies',
    ...(unpublished ? ['--allow-missing-repository', '--no-rewrite-relative-links'] : []),
  ];
  await runQuietly(process.execPath, [vsce, 'package', ...flags, '--out', out], { cwd: projectRoot });
  const { size } = statSync(out);
  if (size > LARGEST_VSIX) throw new Error(`${out} has ${size} bytes, more than ${LARGEST_VSIX}: what came along?`);
  return out;
}

function manifest(): Readonly<Record<string, unknown>> {
  return readRecord(join(projectRoot, 'package.json'));
}

function defaultFile(): string {
  return join(projectRoot, 'out', `moeplan-${String(manifest().version)}.vsix`);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { publishable: { type: 'boolean', default: false } },
  });
  const missing = missingForPublishing(manifest());
  const lacks = missing.map((each) => `  package.json lacks ${each}\n`).join('');
  if (values.publishable && missing.length > 0) {
    process.stderr.write(`Nothing was packed: it could not be published yet (docs/publishing.md).\n${lacks}`);
    process.exitCode = 1;
  } else {
    const file = await packExtension(positionals[0]);
    process.stdout.write(`${file}: ${Math.round(statSync(file).size / 1000)} kB\n`);
    if (missing.length > 0)
      process.stdout.write(`It can be installed, and not be published yet (docs/publishing.md):\n${lacks}`);
  }
}
