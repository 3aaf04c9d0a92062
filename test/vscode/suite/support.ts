import assert from 'node:assert/strict';
import { TextDecoder } from 'node:util';
import * as vscode from 'vscode';

export const extensionId = 'moeplan.moeplan';

/** The plan that the extension ships and every test starts from. */
export const analysis = 'deployment-analysis.moeplan';

/** How long a condition may take to come true: generous, as it is only ever used up by a failure. */
const patienceMs = 120_000;

export function theExtension(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension(extensionId);
  assert.ok(extension, `no extension ${extensionId} in this editor`);
  return extension;
}

/** The address of a file in the opened folder. */
export function inWorkspace(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens a file of the folder in an editor, as a click in the explorer does. */
export async function open(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(inWorkspace(name)));
}

/** Writes a file into the opened folder. */
export async function write(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(inWorkspace(name), new TextEncoder().encode(text));
}

export async function read(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Closes all editors without saving and without asking. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/**
 * Waits until what `look` returns is no longer undefined: looks now, and again at every event.
 * Where that never happens, the error says what was waited for and what was there instead.
 */
export function eventually<T>(
  event: vscode.Event<unknown>,
  wanted: string,
  look: () => T | undefined,
  instead: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`waited ${patienceMs / 1000} s for ${wanted}; there was: ${instead()}`));
    }, patienceMs);
    const check = () => {
      const found = look();
      if (found === undefined) return;
      clearTimeout(timer);
      subscription.dispose();
      resolve(found);
    };
    const subscription = event(check);
    check();
  });
}

/** Waits until a file's diagnostics are as wanted, and returns them. */
export function diagnosticsWhen(
  uri: vscode.Uri,
  wanted: string,
  holds: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  const now = () => vscode.languages.getDiagnostics(uri);
  return eventually(
    vscode.languages.onDidChangeDiagnostics,
    wanted,
    () => (holds(now()) ? now() : undefined),
    () => now().map(describeDiagnostic).join('; ') || 'no diagnostic',
  );
}

function describeDiagnostic({ range, message }: vscode.Diagnostic): string {
  return `line ${range.start.line + 1}: ${message}`;
}

/**
 * The position at the start of the first match of a pattern in the plan's code; what stands in a
 * `//` comment does not count.
 */
export function positionOf(document: vscode.TextDocument, pattern: RegExp): vscode.Position {
  for (let line = 0; line < document.lineCount; line += 1) {
    const code = document.lineAt(line).text.replace(/\/\/.*$/, '');
    const match = pattern.exec(code);
    // Past leading space, so that a pattern may begin with it.
    if (match) return new vscode.Position(line, match.index + match[0].search(/\S/));
  }
  throw new Error(`${document.fileName} has no ${pattern}`);
}
