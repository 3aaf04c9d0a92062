import type { SourceFile } from '../../language/source.ts';
import { type Span, touches } from '../../language/span.ts';
import { nodesAt } from '../../language/walk.ts';

/** The steps of a growing selection, from the innermost part of the tree to the whole text. */
export function selectionRanges({ tree, tokens, text }: SourceFile, offset: number): readonly Span[] {
  const spans: Span[] = [{ start: 0, end: text.length }];
  for (const node of nodesAt(tree, offset)) {
    spans.push(node.span);
    if (node.kind !== 'block' || !touches(node.body, offset)) continue;
    spans.push(node.body);
    if (node.closed && text[node.body.start] === '{') spans.push(insideOf(text, node.body));
  }
  const token = tokens.find(({ kind, start, end }) => kind !== 'newline' && start <= offset && offset <= end);
  if (token) spans.push({ start: token.start, end: token.end });
  const growing: Span[] = [];
  for (const span of spans) {
    const around = growing.at(-1);
    const fits = !around || (around.start <= span.start && span.end <= around.end);
    const differs = !around || around.start !== span.start || around.end !== span.end;
    if (fits && differs && touches(span, offset)) growing.push({ start: span.start, end: span.end });
  }
  return growing.reverse();
}

/** The text between two braces, without the blanks at its ends. */
function insideOf(text: string, body: Span): Span {
  const inside = text.slice(body.start + 1, body.end - 1);
  const start = body.start + 1 + (inside.length - inside.trimStart().length);
  return { start, end: Math.max(start, body.end - 1 - (inside.length - inside.trimEnd().length)) };
}
