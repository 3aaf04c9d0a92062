/**
 * Widths of characters in em, of the widest sans-serif face in common use (DejaVu Sans), rounded up, so that labels fit
 * their boxes in any face.
 */
const NARROW = new Set("ijltfI.,:;'|!()[]{} ");
const WIDE = new Set('mwMW@%=+<>');

export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const character of text) {
    if (NARROW.has(character)) em += 0.36;
    else if (WIDE.has(character)) em += 0.88;
    else if (character >= 'A' && character <= 'Z') em += 0.72;
    else em += 0.61;
  }
  return em * fontSize;
}
