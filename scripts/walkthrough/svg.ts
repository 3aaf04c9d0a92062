/** Pieces of the walkthrough's pictures: text in cells of one size and boxes, in the colours of the editor's theme. */

/** Colours of the theme that every theme has, each with one for viewers that know no theme. */
const COLOURS = {
  text: 'var(--vscode-foreground, #3b3b3b)',
  quiet: 'var(--vscode-descriptionForeground, #6e7681)',
  keyword: 'var(--vscode-charts-purple, #8250df)',
  name: 'var(--vscode-charts-blue, #0969da)',
  number: 'var(--vscode-charts-green, #1a7f37)',
  warn: 'var(--vscode-charts-orange, #bc4c00)',
  error: 'var(--vscode-charts-red, #cf222e)',
  accent: 'var(--vscode-textLink-foreground, #0969da)',
  back: 'var(--vscode-editor-background, #ffffff)',
  raised: 'var(--vscode-editorWidget-background, #f6f8fa)',
  chosen: 'var(--vscode-list-inactiveSelectionBackground, #dfe5ee)',
  border: 'var(--vscode-widget-border, var(--vscode-contrastBorder, #d0d7de))',
} as const;

export type Colour = keyof typeof COLOURS;

export type Piece = readonly [colour: Colour, text: string];

/** Size of a cell of text, in units of the picture. */
export const CELL = 7.8;
const FONT = 13;

/** Text that starts at a place; every character takes one cell, whatever font the editor has. */
export function line(x: number, y: number, ...pieces: readonly Piece[]): string {
  let column = 0;
  return pieces
    .map(([colour, text]) => {
      const start = column;
      column += text.length;
      const shown = text.trim();
      if (shown === '') return '';
      const at = x + (start + text.length - text.trimStart().length) * CELL;
      const width = round(shown.length * CELL);
      return `<text x="${round(at)}" y="${y}" fill="${COLOURS[colour]}" textLength="${width}">${escaped(shown)}</text>`;
    })
    .join('');
}

export function box(x: number, y: number, width: number, height: number, fill: Colour = 'raised'): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${COLOURS[fill]}" stroke="${COLOURS.border}"/>`;
}

/** A wave under text, as the editor draws it. */
export function wave(x: number, y: number, cells: number, colour: Colour): string {
  const steps = Math.round((cells * CELL) / 4);
  const path = Array.from({ length: steps }, (_, index) => `l4 ${index % 2 === 0 ? 3 : -3}`).join('');
  return `<path d="M${round(x)} ${y}${path}" fill="none" stroke="${COLOURS[colour]}" stroke-width="1.4"/>`;
}

export function arrow(fromX: number, fromY: number, toX: number, toY: number, colour: Colour = 'quiet'): string {
  const middle = round((fromX + toX) / 2);
  return `<path d="M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}" fill="none" stroke="${COLOURS[colour]}" stroke-width="1.6"/>`;
}

/** A whole picture; what it shows is said by the manifest's alternative text. */
export function picture(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="var(--vscode-editor-font-family, monospace), monospace" font-size="${FONT}">
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="6" fill="${COLOURS.back}" stroke="${COLOURS.border}"/>
${parts.filter((part) => part !== '').join('\n')}
</svg>
`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
