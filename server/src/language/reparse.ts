import { firstNotBelow } from './halving.ts';
import { tokenize } from './lexer.ts';
import { movedError, movedItem } from './moved.ts';
import { type Parsed, Parser, parseText } from './parser.ts';
import type { BlockNode, Item } from './tree.ts';

/**
 * The tree of a text, made from the tree of the text before an edit. Only the region between two blocks that the edit has not
 * touched is read again, and what follows is moved. The result is exactly that of reading the whole text.
 */
export function reparse(before: Parsed, text: string): Parsed {
  const prefix = commonStart(before.text, text);
  const suffix = commonEnd(before.text, text, prefix);
  const first = lastBlockBefore(before, prefix);
  const next = firstBlockFrom(before, before.text.length - suffix, first);
  if (first === 0 && next === before.tree.items.length) return parseText(text);
  return between(before, text, first, next) ?? parseText(text);
}

/**
 * Reads from one block of the previous text to another. The answer is undefined if no statement starts where the second one does.
 */
function between(before: Parsed, text: string, first: number, next: number): Parsed | undefined {
  const { items, errors } = before.tree;
  const distance = text.length - before.text.length;
  const from = first === 0 ? 0 : (items[first]?.span.start ?? 0);
  const following = items[next];
  const stop = following && following.span.start + distance;
  const region = detached(text.slice(from, following ? following.span.end + distance : text.length));
  const read = new Parser(region, tokenize(region)).parse(stop === undefined ? undefined : stop - from);
  if (!read) return undefined;
  const errorsKept = first === 0 ? 0 : (before.errorsBefore[first] ?? 0);
  const errorsLeftOut = next < items.length ? (before.errorsBefore[next] ?? 0) : errors.length;
  const errorsInside = errorsKept + read.tree.errors.length;
  const inside = read.tree.items.map((item, index) => {
    const unchanged = index === 0 && first > 0 ? items[first] : undefined;
    return unchanged && unchanged.span.start === item.span.start + from ? unchanged : movedItem(item, from);
  });
  return {
    text,
    tree: {
      items: [...items.slice(0, first), ...inside, ...items.slice(next).map((item) => movedItem(item, distance))],
      errors: [
        ...errors.slice(0, errorsKept),
        ...read.tree.errors.map((error) => movedError(error, from)),
        ...errors.slice(errorsLeftOut).map((error) => movedError(error, distance)),
      ],
    },
    errorsBefore: [
      ...before.errorsBefore.slice(0, first),
      ...read.errorsBefore.map((count) => errorsKept + count),
      ...before.errorsBefore.slice(next).map((count) => count - errorsLeftOut + errorsInside),
    ],
  };
}

/**
 * The last block that ends before the edit and has no errors. Reading starts at this block, not behind it, because the parser
 * looks at the first words behind a block when it reads what comes before.
 */
function lastBlockBefore({ text, tree, errorsBefore }: Parsed, prefix: number): number {
  for (let index = lastStartingBefore(tree.items, prefix); index > 0; index--) {
    const item = tree.items[index];
    const isClean = errorsBefore[index] === (errorsBefore[index + 1] ?? tree.errors.length);
    if (item && isClean && item.span.end < prefix && isSafe(item, text)) return index;
  }
  return 0;
}

/** The first block behind the edit. The start of its line also lies behind the edit. */
function firstBlockFrom({ text, tree }: Parsed, from: number, behind: number): number {
  const { items } = tree;
  for (let index = Math.max(behind + 1, lastStartingBefore(items, from)); index < items.length; index++) {
    const item = items[index];
    if (item && item.span.start > from && isSafe(item, text)) return index;
  }
  return items.length;
}

function lastStartingBefore(items: readonly Item[], offset: number): number {
  return firstNotBelow(items.length, (index) => items[index]?.span.start ?? 0, offset) - 1;
}

/** Whether an item is a whole block in the first column, so that nothing that was open before it is open in it. */
function isSafe(item: Item, text: string): item is BlockNode {
  if (item.kind !== 'block' || !item.closed || text[item.body.start] !== '{') return false;
  const before = text[item.span.start - 1];
  return before === undefined || before === '\n' || before === '\r';
}

/** Texts are compared in pieces of so many letters first, because comparing a piece takes much less than comparing its letters. */
const PIECE = 4_096;

/** How many letters at the start two texts have in common. */
export function commonStart(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let length = 0;
  const isPieceEqual = () => left.slice(length, length + PIECE) === right.slice(length, length + PIECE);
  while (length + PIECE <= most && isPieceEqual()) length += PIECE;
  while (length < most && left.charCodeAt(length) === right.charCodeAt(length)) length++;
  return length;
}

/** How many letters at the end they have in common, not counting those at the start. */
export function commonEnd(left: string, right: string, start: number): number {
  const most = Math.min(left.length, right.length) - start;
  let length = 0;
  const pieceOf = (text: string) => text.slice(text.length - length - PIECE, text.length - length);
  while (length + PIECE <= most && pieceOf(left) === pieceOf(right)) length += PIECE;
  while (length < most && left.charCodeAt(left.length - 1 - length) === right.charCodeAt(right.length - 1 - length))
    length++;
  return length;
}

/**
 * A copy with memory of its own. Words of the tree are pieces of a text, and would otherwise keep every version of the whole text
 * in memory.
 */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
