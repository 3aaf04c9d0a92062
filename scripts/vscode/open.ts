import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { projectRoot } from './paths.ts';
import { findOnPath } from './processes.ts';
import { startCodeServer } from './serve.ts';
import { quietSettings, type Settings } from './settings.ts';

/** How the examples are met: see `writeWorkspace`. */
const startSettings: Settings = {
  'moeplan.preview.openWithPlan': true,
  'moeplan.workspaceDiagnostics': false,
  // Beside a preview it lies over the figures above a deployment, and a plan is short.
  '[moeplan]': { 'editor.minimap.enabled': false },
};

/** The same port each time, so that a page left open finds the editor again; else any free one. */
const usualPort = 8137;

export interface OpenOptions {
  /** The folder of the extension; this checkout by default. */
  readonly extensionPath?: string;
  /** What a served editor prints is printed, too; otherwise it stands in its log alone. */
  readonly isVerbose?: boolean;
}

/**
 * Opens plans of one folder in VS Code with the extension of this checkout, the first of them with
 * its preview beside it: in the desktop one where `code` is on the PATH and starts, otherwise in a
 * VS Code served on 127.0.0.1, whose address is the last that is printed and which runs until Ctrl-C.
 * The served one opens the first plan; the others are seen in its explorer.
 *
 * Resolves when the desktop editor has taken the file over; the served one ends with the process.
 *
 * @throws an Error where the served editor cannot start, or ends by itself.
 */
export async function openInEditor(files: readonly string[], options: OpenOptions = {}): Promise<void> {
  const { extensionPath = projectRoot, isVerbose = false } = options;
  const [first, ...others] = files.map((file) => resolve(file));
  if (first === undefined) throw new Error('There is no plan to open.');
  if (openInDesktop([...others, first], extensionPath)) return;
  const log = join(startFolder(), 'editor.log');
  writeFileSync(log, '');
  const editor = await startCodeServer({
    folder: dirname(first),
    file: first,
    installedPath: extensionPath,
    settings: { ...quietSettings, ...startSettings, 'window.commandCenter': true },
    port: (await isFree(usualPort)) ? usualPort : 0,
    onLine(line) {
      appendFileSync(log, `${line}\n`);
      if (isVerbose) process.stdout.write(`${line}\n`);
    },
  });
  process.stdout.write(`\n${invitation(editor.url)}\n`);
  const status = await editor.exited;
  throw new Error(`code-server ended by itself with status ${status}; what it said is in ${relative('', log)}.`);
}

/** What a start leaves behind: made anew by the next one, and never committed. */
function startFolder(): string {
  const folder = join(projectRoot, 'out', 'start');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What is printed last. The address stands on a line of its own, so that a terminal makes a link of it. */
function invitation(url: string): string {
  const [bold, plain] = process.stdout.isTTY ? ['\x1b[1m', '\x1b[0m'] : ['', ''];
  return `VS Code runs with the extension until Ctrl-C. Open it in a browser:\n\n  ${bold}${url}${plain}\n`;
}

/**
 * A workspace in which the preview comes with the plan, and plans that are not open are not checked: one of the examples
 * is there to show mistakes, which are no news before somebody looks at it.
 */
function writeWorkspace(folder: string): string {
  const file = join(startFolder(), 'moeplan.code-workspace');
  writeFileSync(file, `${JSON.stringify({ folders: [{ path: folder }], settings: startSettings }, null, 2)}\n`);
  return file;
}

/** True where a desktop VS Code has taken the files over; the last of them is in front. */
function openInDesktop(paths: readonly string[], extensionPath: string): boolean {
  // In a terminal of a remote window `code` talks to the window and loads no development extension.
  if (process.env.VSCODE_IPC_HOOK_CLI !== undefined) return false;
  const code = findOnPath('code');
  if (code === undefined) return false;
  const workspace = writeWorkspace(dirname(paths.at(-1) ?? ''));
  const args = ['--new-window', `--extensionDevelopmentPath=${extensionPath}`, workspace, ...paths];
  // The command hands over to the editor and ends. As root, for one, it refuses and says why.
  const { status } = spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  return status === 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

if (import.meta.main) {
  const [file, extensionPath] = process.argv.slice(2);
  if (file === undefined) throw new Error('usage: open.ts FILE [EXTENSION]');
  await openInEditor([file], extensionPath === undefined ? {} : { extensionPath });
}
