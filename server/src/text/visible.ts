/**
 * Text that others wrote, as every output shows it. Characters that steer a terminal, reorder the line or are invisible are shown
 * by name. Names, comments, strings, paths and configs may hold any character.
 */

/**
 * Controls (C0, DEL, C1), marks that reorder a line, rare line separators, marks without a width, hidden tags, surrogate halves
 * and noncharacters. The joiners U+200C and U+200D stay, because some scripts and pictures are written with them.
 */
export const UNSEEN =
  /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\p{NChar}\u{ad}\u{200b}\u{2060}-\u{2064}\u{feff}\u{e0000}-\u{e007f}]/gu;

/**
 * A text with visible characters. Line breaks become `\n`, and tabs stay. Every other unseen character becomes a picture (`␛`)
 * or its number (`⟨U+202E⟩`).
 */
export function visible(text: string): string {
  // Most texts hold nothing else, and this is far quicker to see.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/\r\n?/g, '\n').replace(UNSEEN, shown);
}

/** A text on one line. A line break inside would end a row, a finding or a title, and begin something else. */
export function oneLine(text: string): string {
  return visible(text.replace(/[\u2028\u2029]/g, '\n')).replace(/\s*\n\s*|\t/g, ' ');
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n' || character === '\t') return character;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  // Half of a surrogate pair cannot be written in UTF-8.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
}
