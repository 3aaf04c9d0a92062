import type { Finding } from '../diagnostic.ts';

/** Places beyond this number are counted but not listed. A reader follows only a few, and editors hold all of them. */
export const MOST_RELATED = 20;

/** Longer messages lose their middle. They quote a name or a list of many thousand letters. */
export const LONGEST_MESSAGE = 1_000;

/** A finding of bounded size, however large the text is that it quotes. */
export function bounded(finding: Finding): Finding {
  const { message, related } = finding;
  const isLong = message.length > LONGEST_MESSAGE;
  const isWide = related !== undefined && related.length > MOST_RELATED;
  if (!isLong && !isWide) return finding;
  return {
    ...finding,
    message: withoutMiddle(message, LONGEST_MESSAGE),
    ...(related && { related: isWide ? fewer(related) : related }),
  };
}

function fewer(related: NonNullable<Finding['related']>): NonNullable<Finding['related']> {
  const shown = related.slice(0, MOST_RELATED);
  const last = shown.at(-1);
  const more = related.length - MOST_RELATED;
  if (!last) return shown;
  return [
    ...shown.slice(0, -1),
    { ...last, message: `${last.message} (and ${more} more ${more === 1 ? 'place' : 'places'})` },
  ];
}

/** Keeps the beginning of a message, which says what is wrong, and the end, which says what to do. */
function withoutMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest / 3);
  return `${text.slice(0, characterStart(text, longest - end - 1))}…${text.slice(characterStart(text, text.length - end))}`;
}

/** The offset itself, or the one before it if the offset would cut a character in two. */
function characterStart(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
