import type { Token } from '../../language/lexer.ts';
import type { LineIndex } from '../../language/lineIndex.ts';
import { type Cell, type Row, widthOf } from './rows.ts';

/** Aligns what belongs together in columns, by changing the blanks of the cells in place. */
export function align(rows: readonly Row[], lineIndex: LineIndex): void {
  // Brackets and comments come last, because their columns depend on what is before them.
  for (const run of runs(rows, operatorOf, lineIndex)) alignColumns(run, endOf);
  for (const find of [clauseOf, braceOf, commentOf]) {
    for (const run of runs(rows, find, lineIndex))
      for (const part of alignedParts(run, lineIndex)) alignColumns(part, startOf);
  }
}

interface Aligned {
  readonly row: Row;
  /** The cell that moves. */
  readonly index: number;
}

type Column = (aligned: Aligned) => number;

const startOf: Column = ({ row, index }) => widthOf(row.cells.slice(0, index)) + (row.cells[index]?.blanks ?? 0);
/** Aligns the `=` of `>=` with `=`. */
const endOf: Column = ({ row, index }) => widthOf(row.cells.slice(0, index + 1));

function alignColumns(run: readonly Aligned[], column: Column): void {
  if (run.length < 2) return;
  // The longest row of the run keeps the fewest blanks that any row has there.
  const least = Math.min(...run.map(cellOf).map(({ blanks }) => blanks));
  for (const aligned of run) cellOf(aligned).blanks = least;
  const farthest = Math.max(...run.map(column));
  for (const aligned of run) cellOf(aligned).blanks += farthest - column(aligned);
}

function cellOf({ row, index }: Aligned): Cell {
  const cell = row.cells[index];
  if (!cell) throw new RangeError(`a row has no cell ${index}`);
  return cell;
}

/** Rows that follow one another without an empty line and have the cell in question. */
function runs(rows: readonly Row[], find: (row: Row) => number, lineIndex: LineIndex): readonly (readonly Aligned[])[] {
  const result: Aligned[][] = [];
  let previous: Row | undefined;
  for (const row of rows) {
    const index = row.frozen ? -1 : find(row);
    const last = result.at(-1);
    const continues =
      previous !== undefined &&
      last?.at(-1)?.row === previous &&
      indentOf(row) === indentOf(previous) &&
      near(previous, row, lineIndex);
    if (index > 0) {
      if (continues) last?.push({ row, index });
      else result.push([{ row, index }]);
    }
    previous = row;
  }
  return result;
}

function indentOf({ cells }: Row): number {
  return cells[0]?.blanks ?? 0;
}

/** Whether no empty line separates the rows in the source. */
function near(above: Row, below: Row, lineIndex: LineIndex): boolean {
  if (above.line === below.line) return true;
  return lineIndex.positionAt(above.line.span.end).line + 1 === lineIndex.positionAt(below.line.span.start).line;
}

/** The operator of a row that contains a single property or entry; -1 for other rows. */
function operatorOf({ cells }: Row): number {
  const tokens = cells.map(({ token }) => token);
  if (tokens[0]?.kind === 'word' && isOperator(tokens[1]) && isOneStatement(tokens.slice(2))) return 1;
  const index = tokens.findIndex(isOperator);
  const startsEntry = tokens[0]?.kind === 'number' || tokens[0]?.kind === '[';
  return startsEntry && index > 0 && isOneStatement(tokens.slice(index + 1)) ? index : -1;
}

function isOperator(token: Token | undefined): boolean {
  return token?.kind === '=' || token?.kind === '>=' || token?.kind === '<=';
}

function isOneStatement(tokens: readonly Token[]): boolean {
  let brackets = 0;
  for (const { kind } of tokens) {
    if (kind === '[' || kind === '(') brackets++;
    else if (kind === ']' || kind === ')') brackets--;
    else if (kind === '{' || kind === '}' || (kind === ',' && brackets === 0)) return false;
  }
  return true;
}

/** The opening brace of a row that contains a single block on one line. */
function braceOf({ cells }: Row): number {
  const code = cells.filter(({ token }) => token.kind !== 'line-comment');
  if (code[0]?.token.kind !== 'word' || code.at(-1)?.token.kind !== '}') return -1;
  const open = code.findIndex(({ token }) => token.kind === '{');
  let depth = 0;
  for (let index = open; index < code.length; index++) {
    const kind = code[index]?.token.kind;
    if (kind === '{') depth++;
    if (kind === '}' && --depth === 0 && index < code.length - 1) return -1;
  }
  return open;
}

function commentOf({ cells }: Row): number {
  const last = cells.length - 1;
  return cells[last]?.token.kind === 'line-comment' ? last : -1;
}

/** `extends` or `from` in a row that contains a single block on one line. */
function clauseOf(row: Row): number {
  return braceOf(row) > 2 ? 2 : -1;
}

/** Parts of a run that the source has aligned in one column, which the author did on purpose. */
function alignedParts(run: readonly Aligned[], lineIndex: LineIndex): readonly (readonly Aligned[])[] {
  const parts: Aligned[][] = [];
  let previous: number | undefined;
  for (const aligned of run) {
    const { character } = lineIndex.positionAt(cellOf(aligned).token.start);
    if (character === previous) parts.at(-1)?.push(aligned);
    else parts.push([aligned]);
    previous = character;
  }
  return parts;
}
