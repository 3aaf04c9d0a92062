import { piecesOf } from '../../server/src/text/codeSpans.ts';
import { type Child, element } from './dom.ts';

/** A message of the server for reading: its pieces in backticks are code. */
export function prose(message: string): readonly Child[] {
  return piecesOf(message).map(({ text, isCode }) => (isCode ? element('code', {}, text) : text));
}

/** The same message for listeners, who hear no code. */
export function spoken(message: string): string {
  return piecesOf(message)
    .map(({ text }) => text)
    .join('');
}
