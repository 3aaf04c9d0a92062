/** Small pieces of Markdown that every generated page is made of. */

/** First line of a generated page. `sources` are paths from the project's root. */
export function generatedFrom(sources: readonly string[]): string {
  return `<!-- Made by \`npm run generate\` from ${sources.join(', ')}. Edit those, not this file. -->\n`;
}

/** A table; cells may hold any inline Markdown, line breaks become blanks. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function fence(text: string, language = 'moeplan'): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** The anchor that GitHub and VS Code give to a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** Puts text in the place of `<!-- insert: NAME -->`. Throws when the template lacks a place or names one too many. */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(parts));
  const filled = template.replace(/<!-- insert: (\S+) -->/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the template asks for \`${name}\`, which nothing generates`);
    left.delete(name);
    return part;
  });
  if (left.size > 0) throw new Error(`the template has no place for ${[...left].join(', ')}`);
  return filled;
}
