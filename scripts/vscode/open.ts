import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { projectRoot } from './paths.ts';
import { findOnPath } from './processes.ts';
import { startCodeServer } from './serve.ts';
import { quietSettings } from './settings.ts';

/** A fixed port, so that a page left open finds the editor again; another one where it is taken. */
const usualPort = 8137;

/**
 * Opens a plan in VS Code with the extension of this checkout loaded: in the desktop one where
 * `code` is on the PATH and starts, otherwise in a VS Code served on 127.0.0.1, whose address is
 * printed and which runs until Ctrl-C.
 *
 * Resolves when the desktop editor has taken the file over, or when the served one has ended.
 */
export async function openInEditor(file: string): Promise<void> {
  const path = resolve(file);
  if (openInDesktop(path)) return;
  const editor = await startCodeServer({
    folder: dirname(path),
    file: path,
    extensionPath: projectRoot,
    // Nothing is sent or fetched here either, but what helps a person stays on.
    settings: { ...quietSettings, 'git.enabled': true },
    port: (await isFree(usualPort)) ? usualPort : 0,
  });
  process.stdout.write(`\nVS Code in the browser, with the extension and ${path}:\n\n  ${editor.url}\n\n`);
  process.stdout.write('Ctrl-C ends it.\n');
  const status = await editor.exited;
  throw new Error(`code-server ended by itself with status ${status}.`);
}
