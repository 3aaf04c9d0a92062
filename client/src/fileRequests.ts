import { type Disposable, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { RequestType } from 'vscode-languageclient';

const readFile = new RequestType<{ readonly uri: string }, string | null, void>('moeplan/readFile');

/** Files beyond this are no plans or model configs; reading one would only stall the editor. In bytes. */
const LARGEST_FILE = 8 * 2 ** 20;

/** Tells the server when it starts that this editor answers `moeplan/readFile`. */
export const READS_FILES = { readsFiles: true } as const;

/** Files that the server cannot read itself (virtual workspaces, browsers): those of the workspace and no others. */
export function answerFileRequests(client: BaseLanguageClient): Disposable {
  return client.onRequest(readFile, async ({ uri }) => {
    const file = Uri.parse(uri, true);
    const folders = workspace.workspaceFolders ?? [];
    if (folders.length > 0 && !workspace.getWorkspaceFolder(file)) return null;
    try {
      const { size, type } = await workspace.fs.stat(file);
      if ((type & FileType.File) === 0 || size > LARGEST_FILE) return null;
      return new TextDecoder().decode(await workspace.fs.readFile(file));
    } catch {
      // Not there or not readable are one to the server: the import is reported as not found.
      return null;
    }
  });
}
