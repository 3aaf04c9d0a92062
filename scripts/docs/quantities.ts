import { QUANTITIES } from '../../server/src/cost/figures/quantities.ts';
import { table } from './markdown.ts';

const BEGIN = '<!-- begin: quantities, from server/src/cost/figures/quantities.ts -->';
const END = '<!-- end: quantities -->';

/** The page of the preview with the table of quantities between its two marks; all else on it is written by hand. */
export function withQuantities(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/preview.md has no ${BEGIN} before ${END}`);
  const rows = Object.values(QUANTITIES).map(({ label, meaning }) => [label, meaning]);
  return `${page.slice(0, begin)}${BEGIN}\n\n${table(['word', 'means'], rows)}\n\n${page.slice(end)}`;
}
