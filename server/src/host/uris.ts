import { URI } from 'vscode-uri';

/** Whether a text holds no half of a surrogate pair (`\ud800`). A text with one names no file and cannot be encoded. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The parts of a URI; undefined for a text that is none, because editors may send any text. */
export function parseUri(uri: string): URI | undefined {
  if (!isWellFormed(uri)) return undefined;
  try {
    return URI.parse(uri);
  } catch {
    // vscode-uri refuses what violates RFC 3986, such as a host without a path.
    return undefined;
  }
}
