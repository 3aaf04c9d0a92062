import { element } from './dom.ts';

/**
 * Whether something holds, with a mark before the words. While the text cannot be computed, the page shows it muted, and says of
 * which text it is: to listeners everywhere, in writing where there is room.
 */
export function verdict(isGood: boolean, words: string, hasRoom = false): HTMLElement {
  return element(
    'span',
    { class: isGood ? 'verdict good' : 'verdict bad' },
    `${isGood ? '✓' : '✗'} ${words}`,
    element('span', { class: hasRoom ? 'of-last' : 'of-last visually-hidden' }, ' (last valid text)'),
  );
}
