import { UNSEEN } from './visible.ts';

/**
 * JSON of a value. Characters that `JSON.stringify` keeps, but that a terminal obeys or nobody sees, are written as `\\u009b`.
 * Nothing is lost.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return text.replace(UNSEEN, (unseen) =>
    unseen === '\n' ? unseen : [...Array(unseen.length).keys()].map((at) => unit(unseen, at)).join(''),
  );
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
