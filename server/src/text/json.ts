import { UNSEEN } from './visible.ts';

/** JSON of a value: what `JSON.stringify` leaves as it is and a terminal obeys, or nobody sees, is written as `\\u009b`. Nothing is lost. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return text.replace(UNSEEN, (found) =>
    found === '\n' ? found : [...Array(found.length).keys()].map((at) => unit(found, at)).join(''),
  );
}

function unit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
