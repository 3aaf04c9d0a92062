import { Uri, type Webview } from 'vscode';
import { frameHtml } from './frame.ts';

/** The page of a web view, made from the extension's built files. */
export function pageHtml(webview: Webview, extension: Uri): string {
  const resource = (name: string) => webview.asWebviewUri(Uri.joinPath(extension, 'dist', name)).toString();
  return frameHtml({
    script: resource('preview.js'),
    style: resource('preview.css'),
    origin: webview.cspSource,
    nonce: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))),
  });
}
