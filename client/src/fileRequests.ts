import { Disposable, FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { RequestType } from 'vscode-languageclient';
import { findBelow } from './findBelow.ts';

/** Why a file that is there is not handed to the server. */
interface NotRead {
  readonly unread: 'too-large' | 'folder' | 'denied' | 'failed';
}

const readFile = new RequestType<{ readonly uri: string }, string | NotRead | null, void>('moeplan/readFile');
const findFiles = new RequestType<{ readonly extension: string }, readonly string[] | null, void>('moeplan/findFiles');

/** Files beyond this are no plans or model configs; reading one would only stall the editor. In bytes. */
const LARGEST_FILE = 8 * 2 ** 20;

/** More files than this in one workspace are not looked at unless they are opened. */
const MOST_FILES = 2_000;

/** Folders in which nobody keeps plans of their own. */
const SKIPPED = '**/{node_modules,out,dist,build,__pycache__,.*}/**';

/** Tells the server when it starts that this editor answers `moeplan/readFile` and `moeplan/findFiles`. */
export const READS_FILES = { readsFiles: true, findsFiles: true } as const;

/** Files that the server cannot read itself (virtual workspaces, browsers): those of the workspace and no others. */
export function answerFileRequests(client: BaseLanguageClient): Disposable {
  return Disposable.from(
    client.onRequest(readFile, async ({ uri }) => {
      const file = Uri.parse(uri, true);
      const folders = workspace.workspaceFolders ?? [];
      if (folders.length > 0 && !workspace.getWorkspaceFolder(file)) return null;
      try {
        const { size, type } = await workspace.fs.stat(file);
        if ((type & FileType.File) === 0) return { unread: 'folder' };
        if (size > LARGEST_FILE) return { unread: 'too-large' };
        return new TextDecoder().decode(await workspace.fs.readFile(file));
      } catch (error) {
        if (!(error instanceof FileSystemError)) return { unread: 'failed' };
        // What cannot be found is an import that leads nowhere.
        return error.code === 'FileNotFound' ? null : { unread: error.code === 'NoPermissions' ? 'denied' : 'failed' };
      }
    }),
    client.onRequest(findFiles, async ({ extension }) => {
      if (!/^\.\w+$/.test(extension)) return null;
      const found = await workspace.findFiles(`**/*${extension}`, SKIPPED, MOST_FILES);
      // Not every file system can be searched, but each can be walked.
      const files = found.length > 0 ? found : await walk(extension);
      return files.map((file) => client.code2ProtocolConverter.asUri(file));
    }),
  );
}

function walk(extension: string): Promise<readonly Uri[]> {
  return findBelow(
    (workspace.workspaceFolders ?? []).map(({ uri }) => uri),
    extension,
    {
      list: async (folder) =>
        (await workspace.fs.readDirectory(folder)).map(([name, type]) => ({
          name,
          at: Uri.joinPath(folder, name),
          // A link may lead out of the workspace or in a circle.
          kind: type === FileType.File ? 'file' : type === FileType.Directory ? 'folder' : 'other',
        })),
    },
  );
}
