import { generator } from '../../random.ts';

/** What the busiest rank of an expert group computes in a benchmark with made-up routing. */
export interface RankLoad {
  /** Token copies, experts that have any, and tokens with at least one copy here. */
  readonly assignments: number;
  readonly active: number;
}

const DRAWS = 64;
const known = new Map<string, RankLoad>();

/**
 * Load of the measured rank in aiconfigurator's MoE benchmark (its collector's helper): `balanced`, or `power_law_A`.
 * Draws of the power law are averaged.
 */
export function benchmarkLoad(
  distribution: string,
  tokens: number,
  experts: number,
  topK: number,
  ep: number,
): RankLoad | undefined {
  if (experts % ep !== 0 || topK > experts) return undefined;
  const exponent = /^power_law_([\d.]+)$/.exec(distribution)?.[1];
  if (exponent === undefined && !/^(balanced|uniform)$/.test(distribution)) return undefined;
  const key = `${distribution} ${tokens} ${experts} ${topK} ${ep}`;
  const found = known.get(key);
  if (found) return found;
  const load =
    exponent === undefined
      ? balanced(tokens, experts, topK, experts / ep)
      : powerLaw(Number(exponent), tokens, experts, topK, ep);
  known.set(key, load);
  return load;
}

/** Choice i of a token is expert `token + i stride` (spread over the stride where tokens are few); rank 0 is measured. */
function balanced(tokens: number, experts: number, topK: number, local: number): RankLoad {
  const stride = Math.ceil(experts / topK);
  const counts = new Array<number>(experts).fill(0);
  const period = tokens >= stride && tokens > experts ? experts : tokens;
  const rounds = tokens / period;
  for (let token = 0; token < period; token++) {
    const first = tokens >= stride ? token : Math.floor((token * stride) / tokens);
    for (let choice = 0; choice < topK; choice++) {
      const expert = (first + choice * stride) % experts;
      counts[expert] = (counts[expert] ?? 0) + rounds;
    }
  }
  const rank = counts.slice(0, local);
  return { assignments: sum(rank), active: rank.filter((count) => count > 0).length };
}

/** Shares are drawn from a power law between 1 and 0.8 T (0.01 and 2 where tokens are few); the fullest rank is measured. */
function powerLaw(exponent: number, tokens: number, experts: number, topK: number, ep: number): RankLoad {
  const random = generator(20240607);
  const copies = tokens * topK;
  const low = copies > experts ? 1 : 0.01;
  const high = copies > experts ? Math.max(low * 1.01, tokens * 0.8) : 2;
  const power = 1 - exponent;
  let assignments = 0;
  let active = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const shares: number[] = [];
    for (let expert = 0; expert < experts; expert++) {
      const even = random();
      shares.push(
        Math.abs(power) < 1e-9
          ? low * (high / low) ** even
          : ((high ** power - low ** power) * even + low ** power) ** (1 / power),
      );
    }
    const counts = rounded(shares, copies, tokens);
    let fullest: readonly number[] = [];
    let most = -1;
    for (let rank = 0; rank < ep; rank++) {
      const held = counts.slice((rank * experts) / ep, ((rank + 1) * experts) / ep);
      const load = sum(held);
      if (load <= most) continue;
      most = load;
      fullest = held;
    }
    assignments += most;
    active += fullest.filter((count) => count > 0).length;
  }
  return { assignments: assignments / DRAWS, active: active / DRAWS };
}

/** Whole copies in proportion to shares, no expert above the tokens; what rounding leaves goes to the largest first. */
function rounded(shares: readonly number[], copies: number, tokens: number): number[] {
  const scale = copies / sum(shares);
  const counts = shares.map((share) => Math.min(tokens, Math.round(share * scale)));
  // Equal counts are in no order of their own, so the shares, which are random, decide.
  const order = counts
    .map((_, expert) => expert)
    .sort((left, right) => (counts[right] ?? 0) - (counts[left] ?? 0) || (shares[right] ?? 0) - (shares[left] ?? 0));
  let missing = copies - sum(counts);
  for (let turn = 0; missing !== 0 && turn < 64 * order.length; turn++) {
    const expert = (missing > 0 ? order[turn % order.length] : order[order.length - 1 - (turn % order.length)]) ?? 0;
    const count = counts[expert] ?? 0;
    if (missing > 0 && count < tokens) {
      const step = Math.min(tokens - count, Math.max(1, Math.floor(missing / order.length)));
      counts[expert] = count + step;
      missing -= step;
    } else if (missing < 0 && count > 0) {
      counts[expert] = count - 1;
      missing++;
    }
  }
  return counts;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
