import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { projectRoot } from './paths.ts';
import { findOnPath } from './processes.ts';
import { startCodeServer } from './serve.ts';
import { quietSettings } from './settings.ts';

/** The same port each time, so that a page left open finds the editor again; else any free one. */
const usualPort = 8137;

/**
 * Opens a plan in VS Code with the extension of this checkout: in the desktop one where `code` is
 * on the PATH and starts, otherwise in a VS Code served on 127.0.0.1, whose address is printed and
 * which runs until Ctrl-C.
 *
 * Resolves when the desktop editor has taken the file over; the served one ends with the process.
 *
 * @throws an Error where the served editor cannot start, or ends by itself.
 */
export async function openInEditor(file: string, extensionPath: string = projectRoot): Promise<void> {
  const path = resolve(file);
  if (openInDesktop(path, extensionPath)) return;
  const editor = await startCodeServer({
    folder: dirname(path),
    file: path,
    installedPath: extensionPath,
    settings: { ...quietSettings, 'window.commandCenter': true },
    port: (await isFree(usualPort)) ? usualPort : 0,
  });
  process.stdout.write(`\nVS Code with the extension, in the browser:\n\n  ${editor.url}\n\nCtrl-C ends it.\n`);
  const status = await editor.exited;
  throw new Error(`code-server ended by itself with status ${status}.`);
}

/** True where a desktop VS Code has taken the file over. */
function openInDesktop(path: string, extensionPath: string): boolean {
  // In a terminal of a remote window `code` talks to the window and loads no development extension.
  if (process.env.VSCODE_IPC_HOOK_CLI !== undefined) return false;
  const code = findOnPath('code');
  if (code === undefined) return false;
  const args = ['--new-window', `--extensionDevelopmentPath=${extensionPath}`, dirname(path), path];
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
  await openInEditor(file, extensionPath);
}
