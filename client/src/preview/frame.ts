/** Where the page's parts come from. */
export interface FrameParts {
  readonly script: string;
  readonly style: string;
  /** What a policy calls the origin of the extension's own files. */
  readonly origin: string;
  /** New for each page; nothing without it runs. */
  readonly nonce: string;
}

/** The page's frame: its script and style come from the extension, and nothing else may run, load or be sent. */
export function frameHtml({ script, style, origin, nonce }: FrameParts): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${origin}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${origin}`,
    // Pictures that the page holds as text already, to make a PNG of: nothing is loaded.
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
