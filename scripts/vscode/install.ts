import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { isRecord, readRecord } from './json.ts';
import { editorCache } from './paths.ts';
import { findOnPath, onExit, runQuietly } from './processes.ts';

/** VS Code 1.139.1 as a server. Its page needs Node 22.15 or later on the server's side. */
const version = '4.139.1';

/** Counted up when the steps below change, so that an install of older steps is made anew. */
const recipe = 2;

/**
 * Dependencies of VS Code's server that editing does not touch: AI agents, containers, sign-in,
 * other platforms' system calls. They are two thirds of the download, and some need a compiler.
 */
const unneeded = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/deviceid',
  '@vscode/fs-copyfile',
  '@vscode/native-watchdog',
  '@vscode/sandbox-runtime',
  '@vscode/spdlog',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'katex',
  'kerberos',
  'node-addon-api',
  'ssh2',
];

/**
 * JavaScript stand-ins for native modules that come without prebuilt files: two that the server loads at its start (without
 * them it runs all the same, but fills its log with errors), and one without which its Git extension does not start.
 */
const standIns: Readonly<Record<string, string>> = {
  '@vscode/fs-copyfile': `// What files of a working tree are copied with.
const { cp, copyFile } = require('node:fs/promises');
exports.cp = cp;
exports.copyFile = copyFile;
exports.isCloneSupported = () => false;
`,
  '@vscode/native-watchdog': 'exports.start = () => {};\n',
  '@vscode/spdlog': `// Writes log lines straight to their file; rotation is of no use to a short-lived server.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
class Logger {
  constructor(name, file) { this.name = name; this.file = file; this.level = 2; }
  write(level, text) {
    if (level < this.level) return;
    appendFileSync(this.file, new Date().toISOString() + ' [' + names[level] + '] ' + text + '\\n');
  }
  trace(text) { this.write(0, text); }
  debug(text) { this.write(1, text); }
  info(text) { this.write(2, text); }
  warn(text) { this.write(3, text); }
  error(text) { this.write(4, text); }
  critical(text) { this.write(5, text); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {}
}
const create = async (name, file) => {
  mkdirSync(dirname(file), { recursive: true });
  return new Logger(name, file);
};
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`,
};

/** An installed code-server. */
export interface CodeServer {
  /** The script to run with Node. */
  readonly entry: string;
  /** The folder of its built-in extensions. */
  readonly builtInExtensions: string;
  readonly version: string;
}

/**
 * Installs code-server under `.vscode-test/`, unless it is there.
 *
 * The install is made in a folder beside the final one and moved into place as its last step, so
 * that one cut short is never taken for a whole one, and two at once do not disturb each other.
 */
export async function ensureCodeServer(): Promise<CodeServer> {
  const home = join(editorCache, `code-server-${version}-r${recipe}`);
  if (!existsSync(join(home, 'complete.json'))) await install(home);
  const root = join(home, 'node_modules', 'code-server');
  return {
    entry: join(root, 'out', 'node', 'entry.js'),
    builtInExtensions: join(root, 'lib', 'vscode', 'extensions'),
    version,
  };
}

async function install(home: string): Promise<void> {
  const begun = performance.now();
  mkdirSync(editorCache, { recursive: true });
  removeLeftovers();
  const work = `${home}.partial-${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const forget = onExit(() => rmSync(work, { recursive: true, force: true, maxRetries: 5 }));

  say(`Installing code-server ${version} (VS Code for the browser) under .vscode-test/, once: 1 of 3, the server ...`);
  await writeFile(join(work, 'package.json'), '{ "private": true }\n');
  await npmInstall(work, '--no-package-lock', `code-server@${version}`);

  say('  2 of 3, what VS Code itself needs ...');
  const vscode = join(work, 'node_modules', 'code-server', 'lib', 'vscode');
  await dropDependencies(join(vscode, 'package.json'));
  // Not `npm ci`: the published shrinkwrap is out of step with its package.json.
  await npmInstall(vscode);

  say('  3 of 3, stand-ins for native modules ...');
  for (const [name, code] of Object.entries(standIns)) {
    const folder = join(vscode, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), `${JSON.stringify({ name, version: '0.0.0', main: 'index.js' })}\n`);
    await writeFile(join(folder, 'index.js'), code);
  }
  await writeFile(join(work, 'complete.json'), `${JSON.stringify({ version, recipe })}\n`);

  moveIntoPlace(work, home);
  forget();
  say(`  done in ${((performance.now() - begun) / 1000).toFixed(0)} s.`);
}

/** The last step. Another install may have got there first: then its result serves as well. */
function moveIntoPlace(work: string, home: string): void {
  try {
    renameSync(work, home);
  } catch (error) {
    if (!existsSync(join(home, 'complete.json'))) throw error;
    rmSync(work, { recursive: true, force: true });
  }
}

/** Removes what installs that were killed outright have left: those whose process is gone. */
function removeLeftovers(): void {
  for (const name of readdirSync(editorCache)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(editorCache, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function dropDependencies(file: string): Promise<void> {
  const manifest = readRecord(file);
  const dependencies = manifest.dependencies;
  if (!isRecord(dependencies)) {
    throw new Error(`${file} lists no dependencies: has the layout of code-server changed?`);
  }
  for (const name of unneeded) delete dependencies[name];
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Runs `npm install` in a folder. No package's script runs, so no compiler is needed. */
export async function npmInstall(folder: string, ...more: readonly string[]): Promise<void> {
  const npm = npmScript();
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--prefix', folder, ...flags, ...more];
  const options = { cwd: folder, env: npmEnvironment() };
  await (npm.endsWith('.js') ? runQuietly(process.execPath, [npm, ...args], options) : runQuietly(npm, args, options));
}

/** npm as a script where it started us, so that it runs on this Node; otherwise the npm on the PATH. */
function npmScript(): string {
  const started = process.env.npm_execpath;
  if (started?.endsWith('npm-cli.js') === true && existsSync(started)) return started;
  const found = findOnPath('npm');
  if (found === undefined) throw new Error('npm is not on the PATH; it comes with Node.js (https://nodejs.org).');
  // On Windows the npm on the PATH is a batch file, with the script in a folder beside it.
  const beside = join(dirname(found), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return process.platform === 'win32' && existsSync(beside) ? beside : found;
}

/**
 * The environment for an npm of its own: Node of this process first on the PATH, and nothing of the
 * npm run that may have started us except the user's own settings, which say where the registry is.
 */
function npmEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (/^npm_(package|lifecycle)_|^npm_config_(local_prefix|global|omit|include)$|^INIT_CWD$/i.test(name)) continue;
    env[name] = value;
  }
  env.PATH = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  return env;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) {
  const server = await ensureCodeServer();
  say(`code-server ${server.version}: ${server.entry}`);
}
