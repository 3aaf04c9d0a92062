import { URI } from 'vscode-uri';

/** Whether a text has no half of a pair of code units (`\ud800`): with one it names no file and cannot be encoded. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** A URI in its parts; nothing for a text that is none. Editors send whatever they hold. */
export function parseUri(uri: string): URI | undefined {
  if (!isWellFormed(uri)) return undefined;
  try {
    return URI.parse(uri);
  } catch {
    // vscode-uri refuses what breaks the rules of RFC 3986, such as a host without a path.
    return undefined;
  }
}
