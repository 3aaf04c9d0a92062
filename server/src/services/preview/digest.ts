const PRIME = 0x01000193;

/**
 * FNV-1a over the JSON of a value, twice with different seeds. It distinguishes changed parts of a model from equal ones.
 */
export function digestOf(value: unknown): string {
  const text = JSON.stringify(value);
  // Both hashes go over the text together, because reading its letters takes most of the time.
  let [first, second] = [0x811c9dc5, PRIME];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, PRIME);
    second = Math.imul(second ^ code, PRIME);
  }
  return written(first) + written(second);
}

function written(state: number): string {
  return (state >>> 0).toString(16).padStart(8, '0');
}
