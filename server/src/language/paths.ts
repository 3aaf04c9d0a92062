/** The path to write in an import of `to` in the file `from`: both are URIs of one workspace. */
export function relativePath(from: string, to: string): string {
  const fromParts = from.split('/');
  const toParts = to.split('/');
  let same = 0;
  while (same < fromParts.length - 1 && same < toParts.length - 1 && fromParts[same] === toParts[same]) same++;
  const up = fromParts.length - 1 - same;
  const rest = toParts.slice(same).map(decodePart).join('/');
  return up === 0 ? `./${rest}` : `${'../'.repeat(up)}${rest}`;
}

/** A part of a URI's path as text. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray `%` is a character of the name like any other.
    return part;
  }
}

/** The last part of a URI, to call a file by in a message. */
export function fileName(uri: string): string {
  return decodePart(uri.slice(uri.lastIndexOf('/') + 1));
}
