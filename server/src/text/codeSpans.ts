/** A piece of a message: words, or code. */
export interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

/**
 * The pieces of a message as all of them are written: what stands between two backticks is code. If their number is odd, the
 * last one has no partner and stands for itself.
 */
export function piecesOf(message: string): readonly Piece[] {
  const texts = message.split('`');
  const lone = texts.length % 2 === 0 ? [{ text: `\`${texts.pop() ?? ''}`, isCode: false }] : [];
  return [...texts.map((text, index) => ({ text, isCode: index % 2 === 1 })), ...lone];
}
