/** A part of a URI's path as text. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray `%` is a character of the name like any other.
    return part;
  }
}

/** The last part of a URI, which names the file in messages and lists. */
export function fileName(uri: string): string {
  return decodePart(uri.slice(uri.lastIndexOf('/') + 1));
}
