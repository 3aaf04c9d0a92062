import { Disposable, FileSystemError, FileType, Uri, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { RequestType } from 'vscode-languageclient';
import { type Entry, findBelow, type Limits, type SearchResult } from './findBelow.ts';

/** Why a file that exists is not handed to the server. */
interface NotRead {
  readonly unread: 'too-large' | 'folder' | 'denied' | 'failed';
}

const readFile = new RequestType<{ readonly uri: string }, string | NotRead | null, void>('moeplan/readFile');
const findFiles = new RequestType<
  Limits & { readonly extension: string },
  { readonly uris: readonly string[]; readonly left: readonly string[] } | null,
  void
>('moeplan/findFiles');

/** In bytes. Larger files are no plans or model configs, and reading one would only stall the editor. */
const LARGEST_FILE = 8 * 2 ** 20;

/** In bytes. The index of a checkpoint names each of some hundred thousand tensors. */
const LARGEST_INDEX = 64 * 2 ** 20;

/** Tells the server when it starts that this editor answers `moeplan/readFile` and `moeplan/findFiles`. */
export const READS_FILES = { readsFiles: true, findsFiles: true } as const;

/** Reads files that the server cannot read itself (virtual workspaces, browsers): those of the workspace and no others. */
export function answerFileRequests(client: BaseLanguageClient): Disposable {
  return Disposable.from(
    client.onRequest(readFile, async ({ uri }) => {
      const file = Uri.parse(uri, true);
      const folders = workspace.workspaceFolders ?? [];
      if (folders.length > 0 && !workspace.getWorkspaceFolder(file)) return null;
      try {
        const { size, type } = await workspace.fs.stat(file);
        if ((type & FileType.File) === 0) return { unread: 'folder' };
        if (size > (file.path.endsWith('.safetensors.index.json') ? LARGEST_INDEX : LARGEST_FILE))
          return { unread: 'too-large' };
        return new TextDecoder().decode(await workspace.fs.readFile(file));
      } catch (error) {
        if (!(error instanceof FileSystemError)) return { unread: 'failed' };
        // A file that cannot be found means an import that leads nowhere.
        return error.code === 'FileNotFound' ? null : { unread: error.code === 'NoPermissions' ? 'denied' : 'failed' };
      }
    }),
    client.onRequest(findFiles, async ({ extension, ...limits }) => {
      if (!/^\.\w+$/.test(extension)) return null;
      // One more than the limit, so that the server can say that there are more.
      const most = limits.mostFiles + 1;
      const searched = await workspace.findFiles(`**/*${extension}`, `**/{${limits.skipped.join(',')}}/**`, most);
      // Not every file system can be searched, but each can be walked.
      const { files, left } = searched.length > 0 ? { files: searched, left: [] } : await walk(extension, limits);
      return { uris: files.map((file) => client.code2ProtocolConverter.asUri(file)), left };
    }),
  );
}

function walk(extension: string, limits: Limits): Promise<SearchResult<Uri>> {
  return findBelow(
    (workspace.workspaceFolders ?? []).map(({ uri }) => uri),
    extension,
    limits,
    { list, nameOf: (folder) => folder.toString(true) },
  );
}

async function list(folder: Uri): Promise<readonly Entry<Uri>[] | { readonly unread: string }> {
  try {
    return (await workspace.fs.readDirectory(folder)).map(([name, type]) => ({
      name,
      at: Uri.joinPath(folder, name),
      // Links are not followed, because they may lead out of the workspace or in a circle.
      kind: type === FileType.File ? 'file' : type === FileType.Directory ? 'folder' : 'other',
    }));
  } catch (error) {
    const code = error instanceof FileSystemError ? error.code : '';
    // A folder that no longer exists holds nothing.
    if (code === 'FileNotFound') return [];
    return { unread: code === 'NoPermissions' ? 'access is denied' : 'reading it failed' };
  }
}
