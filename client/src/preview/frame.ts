/** Where the page's parts come from. */
export interface FrameParts {
  readonly script: string;
  readonly style: string;
  /** The extension's own files, as a content security policy names their origin. */
  readonly origin: string;
  /** New for each page. No script runs without it. */
  readonly nonce: string;
}

/** The page's frame. Its script and style come from the extension, and nothing else may run, load or be sent. */
export function frameHtml({ script, style, origin, nonce }: FrameParts): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${origin}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${origin}`,
    // Allows pictures that the page already holds as text, which it makes a PNG of. Nothing is loaded.
    'img-src data:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Deployment preview</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
