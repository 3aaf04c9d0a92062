import type { Token, TokenKind } from '../../language/lexer.ts';

/** After these a `-` is a sign and not a subtraction. */
const BEFORE_SIGN: ReadonlySet<TokenKind> = new Set(['=', '>=', '<=', '(', '[', ',', '+', '-', '*', '/', '..', '+-']);

/**
 * Blanks between two tokens of one line. `written` is the present number: between a number and its unit that is the
 * writer's choice. The result never joins two tokens into one, and never makes a comment of two slashes.
 */
export function blanksBetween(beforeLeft: Token | undefined, left: Token, right: Token, written: number): number {
  if (right.kind === 'line-comment') return Math.max(1, written);
  if (left.kind === 'block-comment' || right.kind === 'block-comment') return 1;
  if (right.kind === 'unit') return Math.min(1, written);
  if (right.kind === ',' || right.kind === ']' || right.kind === ')') return 0;
  if (left.kind === '[' || left.kind === '(') return 0;
  if (left.kind === '..' || right.kind === '..') return 0;
  if (left.kind === '-' && (!beforeLeft || BEFORE_SIGN.has(beforeLeft.kind))) return 0;
  if (left.kind === '{' && right.kind === '}') return 0;
  // `Qwen/Qwen3-8B` is a name from elsewhere, and reads like a division.
  if (left.kind === '/' || right.kind === '/') return Math.min(1, written);
  return 1;
}
