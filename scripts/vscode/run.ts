/**
 * Tests the extension in a real VS Code: the Mocha suite in an extension host, then the drive, in
 * which a browser does what a person does; the drive once more with the extension in a web worker.
 *
 *   node scripts/vscode/run.ts [--desktop | --browser] [--suite-only | --drive-only]
 *                              [--extension DIR] [--examples DIR] [--vsix FILE | --unpacked]
 *
 * The suite runs in desktop VS Code where VSCODE_PATH names one, or where there is a screen and one
 * can be downloaded; elsewhere in code-server, opened in headless Chromium. The drive needs a page
 * and so always runs in code-server. What it drives is what users install: a .vsix, packed for the
 * run unless one is named; --unpacked drives the folder, which is quicker.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { build } from 'esbuild';
import { ensureChromium } from './chromium.ts';
import { ensureCodeServer } from './install.ts';
import { packExtension } from './pack.ts';
import { editorCache, projectRoot } from './paths.ts';
import { temporaryFolder } from './processes.ts';
import { isGood, lineMark, type PartResults, readResults, resultsVariable, summaryLine } from './results.ts';
import { quietSettings, writeSettings } from './settings.ts';

const { values: options } = parseArgs({
  options: {
    desktop: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    'suite-only': { type: 'boolean', default: false },
    'drive-only': { type: 'boolean', default: false },
    extension: { type: 'string', default: projectRoot },
    examples: { type: 'string', default: join(projectRoot, 'examples') },
    vsix: { type: 'string' },
    unpacked: { type: 'boolean', default: false },
  },
});

/** What the suite runs in; `executable` takes the command line of desktop VS Code in either case. */
interface Editor {
  readonly kind: 'desktop' | 'served';
  readonly name: string;
  readonly executable: string;
}

interface Part {
  readonly name: string;
  readonly status: number;
  readonly results: PartResults | undefined;
  readonly seconds: number;
  /** All that the editor and the part have printed. */
  readonly log: string;
}

const scratch = temporaryFolder('test');
const logs = join(projectRoot, 'out', 'vscode');
mkdirSync(logs, { recursive: true });

const editor = options['drive-only'] ? undefined : await chooseEditor();
if (!options['suite-only'] || editor?.kind === 'served') {
  // Installs are announced here, where they are seen: what the parts print goes to their logs.
  await ensureChromium();
  await ensureCodeServer();
}

const parts: Part[] = [];
if (editor !== undefined) {
  parts.push(await timed('Mocha suite', 'suite', (results, log) => runSuite(editor, results, log)));
}
if (!options['suite-only']) {
  const driven = await chooseDriven();
  parts.push(await timed('Drive', 'drive', (results, log) => runDrive(results, log, driven)));
  if (options.vsix === undefined) {
    const web = ['--extension', options.extension, '--web'];
    parts.push(await timed('Drive of the browser edition', 'drive-web', (results, log) => runDrive(results, log, web)));
  }
}
scratch.remove();

say('');
for (const { results, log } of parts) {
  if (results === undefined) say(readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n'));
  for (const { title, reason } of results?.failures ?? []) say(`FAILED ${title}\n${reason.replace(/^/gm, '    ')}\n`);
}
for (const part of parts) say(`${summaryLine(part.name, part.results, part.status)} (${part.seconds.toFixed(1)} s)`);
const good = parts.every(({ results, status }) => isGood(results, status));
if (!good) say(`The editor's own output is in ${logs}.`);
process.exit(good ? 0 : 1);

async function timed(name: string, id: string, run: (results: string, log: string) => Promise<number>): Promise<Part> {
  const begun = performance.now();
  const file = join(scratch.path, `${id}.json`);
  const log = join(logs, `${id}.log`);
  const status = await run(file, log);
  return { name, status, results: readResults(file), seconds: (performance.now() - begun) / 1000, log };
}

/** Runs the suite on a copy of the examples of its own, since tests edit and write files. */
async function runSuite(editor: Editor, resultsFile: string, log: string): Promise<number> {
  const folder = join(scratch.path, 'suite');
  cpSync(options.examples, folder, { recursive: true });
  const userDataDir = join(scratch.path, 'user');
  writeSettings(userDataDir, quietSettings);
  const output = markedLines(log);
  say(`Mocha suite in ${editor.name}`);
  try {
    return await runTests({
      vscodeExecutablePath: editor.executable,
      extensionDevelopmentPath: resolve(options.extension),
      extensionTestsPath: await bundleSuite(),
      extensionTestsEnv: { [resultsVariable]: resultsFile, ELECTRON_RUN_AS_NODE: undefined },
      launchArgs: [folder, `--user-data-dir=${userDataDir}`, `--extensions-dir=${join(scratch.path, 'extensions')}`],
      stdout: output.stream,
      stderr: output.stream,
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  } finally {
    await output.finish();
  }
}

/** The arguments that tell the plain drive what to drive. */
async function chooseDriven(): Promise<readonly string[]> {
  if (options.vsix !== undefined) return ['--vsix', options.vsix];
  if (options.unpacked || resolve(options.extension) !== resolve(projectRoot)) {
    return ['--extension', options.extension];
  }
  return ['--vsix', await packExtension(join(scratch.path, 'moeplan.vsix'))];
}

async function runDrive(resultsFile: string, log: string, extension: readonly string[]): Promise<number> {
  const folder = join(scratch.path, basename(log, '.log'));
  cpSync(options.examples, folder, { recursive: true });
  const driver = fileURLToPath(new URL('../../test/vscode/drive.ts', import.meta.url));
  const output = markedLines(log);
  say(
    extension.includes('--web')
      ? 'Drive of the browser edition'
      : `Drive (${extension[0] === '--vsix' ? 'packed' : 'unpacked'})`,
  );
  // The channel ends with this process, and the drive with the channel, after it has cleaned up.
  const child = fork(driver, ['--folder', folder, ...extension], {
    env: { ...process.env, [resultsVariable]: resultsFile },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const from of [child.stdout, child.stderr]) from?.pipe(output.stream, { end: false });
  const status = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 1)));
  await output.finish();
  return status;
}

/** Bundles the suite into one CommonJS file, which every extension host can load. */
async function bundleSuite(): Promise<string> {
  const outfile = join(projectRoot, 'dist', 'test', 'suite.cjs');
  await build({
    entryPoints: [join(projectRoot, 'test', 'vscode', 'suite', 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    logLevel: 'warning',
    // Mocha names files for parallel runs, which a run inside an editor is not.
    logOverride: { 'require-resolve-not-external': 'silent' },
  });
  return outfile;
}

async function chooseEditor(): Promise<Editor> {
  const named = process.env.VSCODE_PATH;
  if (!options.browser) {
    if (named !== undefined && named !== '') {
      return { kind: 'desktop', name: `desktop VS Code at ${named}`, executable: named };
    }
    if (options.desktop || (hasScreen() && (await canDownload()))) {
      return { kind: 'desktop', name: 'desktop VS Code', executable: await download() };
    }
  }
  return { kind: 'served', name: 'code-server and headless Chromium', executable: writeShim() };
}

async function download(): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ cachePath: editorCache });
  } catch (cause) {
    const instead = 'Set VSCODE_PATH to an installed one, or pass --browser to test in code-server.';
    throw new Error(`Desktop VS Code cannot be downloaded. ${instead}`, { cause });
  }
}

function hasScreen(): boolean {
  return process.platform !== 'linux' || (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? '') !== '';
}

async function canDownload(): Promise<boolean> {
  try {
    const address = 'https://update.code.visualstudio.com/api/releases/stable';
    return (await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    // Whatever the reason, no answer means that there is nothing to download from.
    return false;
  }
}

/**
 * Writes the executable that `runTests` starts in place of VS Code. It is written and not kept in
 * the repository, so that it names this very Node and needs no file mode to survive a checkout.
 */
function writeShim(): string {
  const launcher = fileURLToPath(new URL('./launcher.ts', import.meta.url));
  const windows = process.platform === 'win32';
  const file = join(scratch.path, windows ? 'launcher.cmd' : 'launcher');
  const command = `"${process.execPath}" "${launcher}"`;
  writeFileSync(file, windows ? `@${command} %*\r\n` : `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Keeps everything in a log file, and shows the lines that tests print for people. */
function markedLines(logFile: string): { readonly stream: PassThrough; finish(): Promise<void> } {
  const log = openSync(logFile, 'w');
  const stream = new PassThrough();
  const lines = createInterface({ input: stream });
  const closed = once(lines, 'close');
  lines.on('line', (line) => {
    writeSync(log, `${line}\n`);
    const at = line.indexOf(lineMark);
    if (at >= 0) say(`  ${line.slice(at + lineMark.length)}`);
  });
  return {
    stream,
    async finish() {
      stream.end();
      await closed;
      closeSync(log);
    },
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
