import type { Token } from '../../language/lexer.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Analysis } from '../analysis.ts';

export interface Fold {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'region' | 'comment' | 'imports' | 'block';
}

/**
 * Folds blocks, lists, comments, marked regions and runs of imports. They are read from tokens, so folding survives broken
 * text.
 */
export function foldingRanges({ source }: Analysis): readonly Fold[] {
  const folds = [...bracketFolds(source), ...commentFolds(source), ...regionFolds(source), ...importFolds(source)];
  return folds.toSorted((left, right) => left.startLine - right.startLine || right.endLine - left.endLine);
}

const CLOSES: ReadonlyMap<string, string> = new Map([
  ['}', '{'],
  [']', '['],
  [')', '('],
]);

/** A closing brace also ends lists that nobody closed, because brackets are often missing while one types. */
function bracketFolds(source: SourceFile): Fold[] {
  const folds: Fold[] = [];
  const open: { readonly kind: string; readonly line: number }[] = [];
  for (const token of source.tokens) {
    const line = lineOf(source, token.start);
    if (token.kind === '{' || token.kind === '[' || token.kind === '(') open.push({ kind: token.kind, line });
    const opening = CLOSES.get(token.kind);
    const at = opening === undefined ? -1 : open.findLastIndex(({ kind }) => kind === opening);
    if (at < 0 || (opening !== '{' && open.slice(at).some(({ kind }) => kind === '{'))) continue;
    const { line: start } = open[at] ?? { line };
    open.length = at;
    // The closing bracket stays visible.
    if (line - 1 > start) folds.push({ startLine: start, endLine: line - 1, kind: 'block' });
  }
  return folds;
}

/** Comments of several lines, and comments on lines that follow each other. */
function commentFolds(source: SourceFile): Fold[] {
  const folds: Fold[] = [];
  let run: { start: number; end: number } | undefined;
  const close = () => {
    if (run && run.end > run.start) folds.push({ startLine: run.start, endLine: run.end, kind: 'comment' });
    run = undefined;
  };
  for (const token of source.tokens) {
    if (token.kind === 'newline') continue;
    const line = lineOf(source, token.start);
    if (token.kind === 'line-comment' && !isMarker(source, token)) {
      if (run && line === run.end + 1) run.end = line;
      else {
        close();
        run = { start: line, end: line };
      }
      continue;
    }
    close();
    const end = lineOf(source, token.end);
    if (token.kind === 'block-comment' && end > line) folds.push({ startLine: line, endLine: end, kind: 'comment' });
  }
  close();
  return folds;
}

const MARKER = /^\/\/\s*#(end)?region\b/;

function isMarker({ text }: SourceFile, { start, end }: Token): boolean {
  return MARKER.test(text.slice(start, end));
}

/** From `// #region` to its `// #endregion`. */
function regionFolds(source: SourceFile): Fold[] {
  const folds: Fold[] = [];
  const open: number[] = [];
  for (const { kind, start, end } of source.tokens) {
    const marker = kind === 'line-comment' ? MARKER.exec(source.text.slice(start, end)) : null;
    if (!marker) continue;
    const line = lineOf(source, start);
    if (marker[1] === undefined) {
      open.push(line);
      continue;
    }
    const begun = open.pop();
    if (begun !== undefined && line > begun) folds.push({ startLine: begun, endLine: line, kind: 'region' });
  }
  return folds;
}

function importFolds(source: SourceFile): Fold[] {
  const lines = source.tree.items
    .filter((item) => item.kind === 'import')
    .map((item) => lineOf(source, item.span.start));
  const [first, last] = [lines[0], lines.at(-1)];
  return first !== undefined && last !== undefined && last > first
    ? [{ startLine: first, endLine: last, kind: 'imports' }]
    : [];
}

function lineOf({ lineIndex }: SourceFile, offset: number): number {
  return lineIndex.positionAt(offset).line;
}
