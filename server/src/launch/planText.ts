import type { Location, Span } from '../language/span.ts';
import { oneLine } from '../text/visible.ts';

/** A block of a plan that is going to be written. */
export interface WrittenBlock {
  readonly keyword: string;
  readonly name?: string;
  /** What it extends. */
  readonly base?: string;
  readonly lines: readonly WrittenLine[];
  /** Lines above it. */
  readonly comments?: readonly string[];
}

/** A line of a block: a statement, a comment, or a block in it. */
export type WrittenLine =
  | { readonly kind: 'statement'; readonly text: string; readonly from: readonly Location[]; readonly comment?: string }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'block'; readonly block: WrittenBlock };

/** A stretch of a plan and what in the launch says it. */
export interface Mark {
  readonly span: Span;
  readonly from: readonly Location[];
}

/** The text of a plan, and where each of its statements comes from. */
export interface PlanText {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Longest line of statements that share one. */
const WIDTH = 100;

/** Writes blocks as the formatter would leave them: short ones in one line, statements that belong together in one. */
export function writePlan(heading: readonly string[], blocks: readonly WrittenBlock[]): PlanText {
  const writer = new PlanWriter();
  for (const line of heading) writer.line(0, `// ${inComment(line)}`);
  for (const [index, block] of blocks.entries()) {
    if (index > 0 || heading.length > 0) writer.line(0, '');
    writer.block(block, 0);
  }
  return { text: writer.text, marks: writer.marks };
}

class PlanWriter {
  text = '';
  readonly marks: Mark[] = [];

  line(depth: number, text: string): void {
    this.text += text === '' ? '\n' : `${'  '.repeat(depth)}${text}\n`;
  }

  block(block: WrittenBlock, depth: number): void {
    for (const comment of block.comments ?? []) this.line(depth, `// ${inComment(comment)}`);
    const name = block.name === undefined ? '' : ` ${block.name}`;
    const base = block.base === undefined ? '' : ` extends ${block.base}`;
    const header = `${'  '.repeat(depth)}${block.keyword}${name}${base} {`;
    if (this.inOneLine(block, header)) return;
    this.text += `${header}\n`;
    for (const line of block.lines) {
      if (line.kind === 'comment') this.line(depth + 1, `// ${inComment(line.text)}`);
      else if (line.kind === 'block') this.block(line.block, depth + 1);
      else {
        this.text += '  '.repeat(depth + 1);
        this.statement(line.text, line.from);
        this.text += line.comment === undefined ? '\n' : `  // ${inComment(line.comment)}\n`;
      }
    }
    this.line(depth, '}');
  }

  /** A block of a few statements without comments stands in one line. */
  private inOneLine({ lines }: WrittenBlock, header: string): boolean {
    const texts = lines.map((line) =>
      line.kind === 'statement' && line.comment === undefined ? line.text : undefined,
    );
    const length = texts.reduce<number>(
      (sum, text) => sum + (text === undefined ? WIDTH : text.length + 2),
      header.length + 2,
    );
    if (length > WIDTH || lines.length === 0) return false;
    this.text += `${header} `;
    for (const [index, line] of lines.entries()) {
      if (line.kind !== 'statement') continue;
      if (index > 0) this.text += ', ';
      this.statement(line.text, line.from);
    }
    this.text += ' }\n';
    return true;
  }

  private statement(text: string, from: readonly Location[]): void {
    const start = this.text.length;
    this.text += text;
    if (from.length > 0) this.marks.push({ span: { start, end: this.text.length }, from });
  }
}

/** Longest comment. What others wrote may be a whole file in quotes. */
const LONGEST_COMMENT = 300;

/** A text in one line, so that nothing of a launch leaves its comment. */
function inComment(text: string): string {
  const line = oneLine(text);
  // No character is torn in two.
  return line.length > LONGEST_COMMENT ? `${line.slice(0, LONGEST_COMMENT).replace(/[\ud800-\udbff]$/, '')}…` : line;
}

export function statement(text: string, from: readonly Location[] = [], comment?: string): WrittenLine {
  return { kind: 'statement', text, from, ...(comment !== undefined && { comment }) };
}

export function comment(text: string): WrittenLine {
  return { kind: 'comment', text };
}

export function inner(block: WrittenBlock): WrittenLine {
  return { kind: 'block', block };
}
