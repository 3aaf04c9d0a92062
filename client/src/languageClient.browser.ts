import { type ExtensionContext, Uri, workspace } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { clientOptions } from './clientOptions.ts';
import type { ShippedFolder } from './shippedFiles.ts';

/** The client of the server in a worker. It sends the catalogue to the worker, which cannot read files. */
export function createClient(context: ExtensionContext): LanguageClient {
  let worker: Worker | undefined;
  context.subscriptions.push({ dispose: () => worker?.terminate() });
  const start = async () => {
    worker?.terminate();
    worker = await serverWorker(Uri.joinPath(context.extensionUri, 'dist', 'server.browser.js'));
    worker.postMessage({
      catalog: await catalogTexts(context.extensionUri),
      pages: Uri.joinPath(context.extensionUri, 'docs', 'diagnostics').toString(),
    });
    // The worker itself is not returned, because the client tests whether it is a `Worker`, and the editor's own kind is not.
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  };
  return new LanguageClient('moeplan', 'moeplan', start, clientOptions(shippedFolders(context)));
}

export function shippedFolders({ extensionUri }: ExtensionContext): readonly ShippedFolder[] {
  const shipped = (scheme: ShippedFolder['scheme'], ...path: readonly string[]): ShippedFolder => {
    const folder = Uri.joinPath(extensionUri, ...path);
    return { scheme, folder, address: `${folder.toString()}/` };
  };
  return [shipped('moeplan-catalog', 'dist', 'catalog'), shipped('moeplan-docs', 'docs')];
}

/** Starts the worker from a copy of its script, because it cannot be started from every place where an extension may lie. */
async function serverWorker(script: Uri): Promise<Worker> {
  const text = await workspace.fs.readFile(script);
  const address = URL.createObjectURL(new Blob([new Uint8Array(text)], { type: 'text/javascript' }));
  return new Worker(address);
}

/**
 * Reads the catalogue. The folder of an extension on a web server cannot be listed, so an index from the build names its files.
 */
async function catalogTexts(extension: Uri): Promise<readonly (readonly [uri: string, text: string])[]> {
  const folder = Uri.joinPath(extension, 'dist', 'catalog');
  const read = async (name: string) =>
    new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(folder, name)));
  const index: unknown = JSON.parse(await read('index.json'));
  const names = Array.isArray(index) ? index.filter((name) => typeof name === 'string') : [];
  return Promise.all(names.map(async (name) => [Uri.joinPath(folder, name).toString(), await read(name)] as const));
}
