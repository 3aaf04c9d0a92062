import { piecesOf } from './codeSpans.ts';
import { oneLine, visible } from './visible.ts';

/**
 * Markdown for hovers, completion, reports and assistants, as GitHub, VS Code and assistants read it. Only what is made here
 * counts as Markdown. A plain string is text as messages are written: a piece in backticks is code, and nothing else in it is
 * markup, whoever wrote it.
 */
export class Markdown {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

export type Text = string | Markdown;

/**
 * Makes Markdown from a template. The template itself is Markdown. Values that are put into it are text, unless they are Markdown
 * already.
 */
export function md(template: TemplateStringsArray, ...values: readonly (Text | number)[]): Markdown {
  const parts = template.map((part, index) => {
    const value = values[index];
    if (value === undefined) return part;
    const source = typeof value === 'number' ? String(value) : sourceOf(value);
    const startsLine = part.endsWith('\n') || (index === 0 && part === '');
    return part + (startsLine ? atLineStart(source, value) : source);
  });
  return new Markdown(parts.join(''));
}

/**
 * Marks text of this project as Markdown: a page, or a link in a doc of the vocabulary. Never use it for what a person wrote into
 * a plan.
 */
export function ours(source: string): Markdown {
  return new Markdown(source);
}

export function join(parts: readonly Text[], between: string): Markdown {
  return new Markdown(parts.map(sourceOf).join(between));
}

export function bold(text: Text): Markdown {
  return new Markdown(`**${sourceOf(text)}**`);
}

/** Paragraphs with an empty line between them. Empty paragraphs are left out. */
export function paragraphs(...parts: readonly (Text | undefined | false)[]): Markdown {
  const sources = parts.flatMap((part) =>
    part === undefined || part === false ? [] : [atLineStart(sourceOf(part), part)],
  );
  return new Markdown(sources.filter((source) => source !== '').join('\n\n'));
}

export type Align = 'left' | 'right';

export function table(
  headers: readonly Text[],
  rows: readonly (readonly Text[])[],
  align: readonly Align[] = [],
): Markdown {
  const line = (cells: readonly Text[]) => `| ${cells.map(cell).join(' | ')} |`;
  const rule = headers.map((_, column) => (align[column] === 'right' ? '--:' : ':--'));
  return new Markdown([line(headers), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n'));
}

/** A bar inside a cell would end the cell, even in code. */
function cell(text: Text): string {
  return sourceOf(text)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}

/** A piece of code within a line. */
export function code(text: string): Markdown {
  const line = oneLine(text);
  // Readers differ in how they read a bar behind a backslash in code.
  if (line.trim() === '' || line.includes('\\|')) return new Markdown(escaped(line));
  const marks = '`'.repeat(longestRun(line) + 1);
  const room = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return new Markdown(marks + room + line + room + marks);
}

/** Lines of code. */
export function fence(text: string, language = 'moeplan'): Markdown {
  const shown = visible(text);
  const marks = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return new Markdown([marks + language, shown, marks].join('\n'));
}

/**
 * A relative address of a file. An unclosed parenthesis would end it in Markdown, and half a surrogate pair cannot be encoded.
 */
export function address(file: string): Markdown {
  const whole = file.replace(/\p{Cs}/gu, '\ufffd');
  return new Markdown(encodeURIComponent(whole).replaceAll('(', '%28').replaceAll(')', '%29'));
}

/** The source of a text: Markdown as it is, and a string as text, with its pieces in backticks as code. */
export function sourceOf(text: Text): string {
  if (typeof text !== 'string') return text.source;
  return piecesOf(oneLine(text))
    .map(({ text: piece, isCode }) => (isCode ? code(piece).source : escaped(piece)))
    .join('');
}

/** Text in a line, shown letter by letter, even by readers that make links of addresses and formulas of dollars. */
export function escaped(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>#~$@]/g, '\\$&')
    .replace(/&(?=#|[a-z])/gi, '\\&')
    .replaceAll('//', '\\/\\/')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, -1)}\\.`);
}

/** At the start of a line, a dash, a plus or a number would begin a list, and blanks would begin code. */
function atLineStart(source: string, part: Text | number): string {
  if (typeof part !== 'string') return source;
  return source
    .trimStart()
    .replace(/^(?:\+|-+|=+)(?=\s|$)/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
