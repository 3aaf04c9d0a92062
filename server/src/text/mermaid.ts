import { oneLine } from './visible.ts';

/**
 * Text inside a quoted label of Mermaid. It reads entities with `#` (`#quot;`), HTML, formulas between dollars, Markdown
 * between backticks, and a list where a label begins with a dash or a number.
 */
export function mermaidText(text: string): string {
  return oneLine(text)
    .replace(/[#&"'<>$`\\*_;{}[\]@]|\/\//g, (found) => [...found].map(entity).join(''))
    .replace(/^\s*([-+])/, (found) => [...found].map(entity).join(''))
    .replace(/^(\s*\d+)\./, `$1${entity('.')}`);
}

function entity(character: string): string {
  return `#${character.codePointAt(0)};`;
}
