import type { Analysis } from './analysis.ts';

export interface Fold {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'region' | 'comment' | 'imports';
}

/** Braces, comments and runs of imports; read from tokens, so that folding survives broken text. */
export function foldingRanges({ source }: Analysis): readonly Fold[] {
  const { tokens, lineIndex, tree } = source;
  const lineOf = (offset: number) => lineIndex.positionAt(offset).line;
  const folds: Fold[] = [];
  const open: number[] = [];
  let comment: { start: number; end: number } | undefined;
  const closeComment = () => {
    if (comment && comment.end > comment.start)
      folds.push({ startLine: comment.start, endLine: comment.end, kind: 'comment' });
    comment = undefined;
  };
  for (const token of tokens) {
    if (token.kind === 'newline') continue;
    const line = lineOf(token.start);
    if (token.kind === 'line-comment') {
      if (comment && line === comment.end + 1) comment.end = line;
      else {
        closeComment();
        comment = { start: line, end: line };
      }
      continue;
    }
    closeComment();
    if (token.kind === 'block-comment') {
      const end = lineOf(token.end);
      if (end > line) folds.push({ startLine: line, endLine: end, kind: 'comment' });
    } else if (token.kind === '{') open.push(line);
    else if (token.kind === '}') {
      const start = open.pop();
      // The closing brace stays visible.
      if (start !== undefined && line - 1 > start) folds.push({ startLine: start, endLine: line - 1, kind: 'region' });
    }
  }
  closeComment();
  const imports = tree.items.filter((item) => item.kind === 'import').map((item) => lineOf(item.span.start));
  const [first, last] = [imports[0], imports.at(-1)];
  if (first !== undefined && last !== undefined && last > first)
    folds.push({ startLine: first, endLine: last, kind: 'imports' });
  return folds.toSorted((left, right) => left.startLine - right.startLine || right.endLine - left.endLine);
}
