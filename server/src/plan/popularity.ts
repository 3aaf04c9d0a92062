import type { Experts } from './model.ts';

/** Share of the routed tokens that each expert gets; the shares sum to 1. Zipf: share of the i-th is i^-exponent. */
export function expertShares({ count, popularity }: Experts): readonly number[] {
  const raw = Array.from({ length: count }, (_, expert) => {
    if (popularity.kind === 'zipf') return (expert + 1) ** -popularity.exponent;
    if (popularity.kind === 'counts') return popularity.counts[expert] ?? 0;
    return 1;
  });
  const total = raw.reduce((sum, value) => sum + value, 0);
  return total > 0 ? raw.map((value) => value / total) : raw.map(() => 1 / count);
}
