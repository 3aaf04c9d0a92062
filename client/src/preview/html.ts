import { Uri, type Webview } from 'vscode';

/** The page's frame: its script and style come from the extension, and nothing else may run, load or be sent. */
export function pageHtml(webview: Webview, extension: Uri): string {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const resource = (name: string) => webview.asWebviewUri(Uri.joinPath(extension, 'dist', name)).toString();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${resource('preview.css')}">
<title>Deployment preview</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${resource('preview.js')}"></script>
</body>
</html>`;
}
