import type { Experts } from './model.ts';

/**
 * Share of the routed tokens that each expert gets; the shares sum to 1. Zipf: the share of the i-th expert is proportional
 * to i^-exponent.
 */
export function expertShares({ count, popularity }: Experts): readonly number[] {
  const raw = Array.from({ length: count }, (_, expert) => {
    if (popularity.kind === 'zipf') return (expert + 1) ** -popularity.exponent;
    if (popularity.kind === 'counts') return popularity.counts[expert] ?? 0;
    return 1;
  });
  const total = raw.reduce((sum, value) => sum + value, 0);
  return total > 0 ? raw.map((value) => value / total) : raw.map(() => 1 / count);
}

/**
 * Reads the counts of `experts` experts from the text of a CSV file, or says in a sentence what is wrong with it. The file
 * has one count per line in the order of the experts, or lines of `expert,count`, whose counts are summed (for example one
 * line per layer and expert). A first line without any number is a header.
 */
export function countsFromCsv(text: string, experts: number): readonly number[] | string {
  const rows = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: index + 1, cells: line.split(/[,;\t]/).map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const isHeader = rows[0]?.cells.every((cell) => !isNumber(cell)) ?? false;
  const counts = new Array<number>(experts).fill(0);
  const seen = new Set<number>();
  let next = 0;
  for (const { line, cells } of isHeader ? rows.slice(1) : rows) {
    if (cells.length > 2 || !cells.every(isNumber))
      return `line ${line} is neither a count nor \`expert,count\`: \`${cells.join(',')}\``;
    const numbers = cells.map(Number);
    const [expert, count] = numbers.length === 1 ? [next++, numbers[0] ?? 0] : [numbers[0] ?? 0, numbers[1] ?? 0];
    if (!Number.isInteger(expert) || expert < 0 || expert >= experts)
      return `line ${line} is of expert ${expert}, and the model has the experts 0..${experts - 1}`;
    if (count < 0) return `line ${line} has a negative count`;
    counts[expert] = (counts[expert] ?? 0) + count;
    seen.add(expert);
  }
  const missing = counts.findIndex((_, expert) => !seen.has(expert));
  if (missing >= 0) return `it has no count for expert ${missing}: write 0 for an expert that is never chosen`;
  return counts.every((count) => count === 0) ? 'all its counts are 0' : counts;
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}
