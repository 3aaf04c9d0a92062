import {
  Disposable,
  EventEmitter,
  type FileChangeEvent,
  FilePermission,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  l10n,
  MarkdownString,
  Uri,
  workspace,
} from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';

/**
 * The files that ship with the extension, as a person opens them: the catalogue behind a name, and the page of a rule behind a
 * finding. As ordinary files they could be written, and a page would open as Markdown source. Therefore this editor gives them
 * schemes of their own. They are read-only, and pages open rendered (`workbench.editorAssociations` in the manifest). The server
 * and other editors use ordinary files.
 */

/** A folder that ships: its scheme in the editor, the place where the editor reads it, and the address that the server uses. */
export interface ShippedFolder {
  readonly scheme: 'moeplan-catalog' | 'moeplan-docs';
  readonly folder: Uri;
  /** It ends with a slash. */
  readonly address: string;
}

const REASONS: Readonly<Record<ShippedFolder['scheme'], () => string>> = {
  'moeplan-catalog': () =>
    l10n.t('The catalogue ships with the extension. To change a value, write a block of your own with `extends`.'),
  'moeplan-docs': () => l10n.t('This page ships with the extension.'),
};

/** Converts between addresses as the server knows them and as the editor shows them. */
export function shippedConverters(
  folders: readonly ShippedFolder[],
): NonNullable<LanguageClientOptions['uriConverters']> {
  return {
    code2Protocol(uri) {
      const shipped = folders.find(({ scheme }) => scheme === uri.scheme);
      if (!shipped) return uri.toString();
      return shipped.address + uri.path.slice(1).split('/').map(encodeURIComponent).join('/');
    },
    protocol2Code(value) {
      const shipped = folders.find(({ address }) => value.startsWith(address));
      if (!shipped) return Uri.parse(value);
      const { path, query, fragment } = Uri.parse(`${shipped.scheme}:/${value.slice(shipped.address.length)}`);
      return Uri.from({ scheme: shipped.scheme, path, query, fragment });
    },
  };
}

export function registerShippedFiles(folders: readonly ShippedFolder[]): Disposable {
  return Disposable.from(
    ...folders.map(({ scheme, folder }) =>
      workspace.registerFileSystemProvider(scheme, new ShippedFiles(folder), {
        isReadonly: new MarkdownString(REASONS[scheme]()),
        isCaseSensitive: true,
      }),
    ),
  );
}

/** A read-only file system over one folder of the extension. */
class ShippedFiles implements FileSystemProvider {
  private readonly folder: Uri;
  /** It never fires, because nothing ever changes. */
  readonly onDidChangeFile = new EventEmitter<FileChangeEvent[]>().event;

  constructor(folder: Uri) {
    this.folder = folder;
  }

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  async stat(uri: Uri): Promise<FileStat> {
    // An extension on a web server has files, but its folders cannot be queried.
    if (uri.path === '/') return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const { type, ctime, mtime, size } = await workspace.fs.stat(this.fileOf(uri));
    return { type, ctime, mtime, size, permissions: FilePermission.Readonly };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    return workspace.fs.readFile(this.fileOf(uri));
  }

  async readDirectory(uri: Uri): Promise<[string, FileType][]> {
    return workspace.fs.readDirectory(this.fileOf(uri));
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  /** The file behind a URI. Only a URI made by hand may hold `..`, which would be resolved from the folder and lead out of it. */
  private fileOf(uri: Uri): Uri {
    if (uri.path.split('/').includes('..')) throw FileSystemError.FileNotFound(uri);
    return Uri.joinPath(this.folder, uri.path);
  }
}
