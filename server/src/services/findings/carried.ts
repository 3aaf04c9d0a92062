import type { Diagnostic } from '../../language/diagnostic.ts';
import { commonEnd, commonStart } from '../../language/reparse.ts';
import { LANGUAGE_RULES } from '../../language/rules/index.ts';
import type { Span } from '../../language/span.ts';

/** A text and its findings. */
export interface Checked {
  readonly text: string;
  readonly found: readonly Diagnostic[];
}

const OF_THE_LANGUAGE: ReadonlySet<string> = new Set(LANGUAGE_RULES.map(({ name }) => name));

/**
 * Moves earlier findings of blocks that have not been checked again to where these blocks are now. Showing them keeps
 * findings that are still right from vanishing for a moment. The language has already checked the new text, and findings
 * inside the edit are left out.
 */
export function carriedFindings(before: Checked, text: string, blocks: readonly Span[]): readonly Diagnostic[] {
  const start = commonStart(before.text, text);
  const end = before.text.length - commonEnd(before.text, text, start);
  const distance = text.length - before.text.length;
  return before.found.flatMap(({ related: _, fixes: __, ...finding }) => {
    const { span, rule } = finding;
    if (OF_THE_LANGUAGE.has(rule) || (span.end > start && span.start < end)) return [];
    const by = span.start >= end ? distance : 0;
    const moved = { start: span.start + by, end: span.end + by };
    const isWaiting = blocks.some((block) => block.start <= moved.start && moved.end <= block.end);
    return isWaiting ? { ...finding, span: moved } : [];
  });
}
