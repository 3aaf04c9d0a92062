import { oneLine } from './visible.ts';

/**
 * Text inside a quoted label of Mermaid. Mermaid reads entities with `#` (`#quot;`), HTML, formulas between dollars, Markdown
 * between backticks, and a list where a label begins with a dash or a number.
 */
export function mermaidText(text: string): string {
  return oneLine(text)
    .replace(/[#&"'<>$`\\*_;{}[\]@]|\/\//g, (special) => [...special].map(entity).join(''))
    .replace(/^\s*([-+])/, (lead) => [...lead].map(entity).join(''))
    .replace(/^(\s*\d+)\./, `$1${entity('.')}`);
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`;
}
