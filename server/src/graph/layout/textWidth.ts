/** Widths of characters in a sans-serif face, in em; close enough to size boxes so that their labels fit. */
const NARROW = new Set("ijltfI.,:;'|!()[]{} ");
const WIDE = new Set('mwMW@%');

export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) {
    if (NARROW.has(character)) em += 0.32;
    else if (WIDE.has(character)) em += 0.88;
    else if (character >= 'A' && character <= 'Z') em += 0.68;
    else em += 0.56;
  }
  return em * fontSize;
}
