import type { Fix, Rule } from '../../language/diagnostic.ts';
import { fix } from '../../language/rules/run.ts';
import type { Pool } from '../deployment.ts';
import type { PlacedLine } from '../placement.ts';
import type { WrittenLine } from '../resolve/resolved.ts';
import type { PlanFault } from '../validity/faults.ts';
import { enumerateNames, nameIndexes, writeIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { linesOf } from './context.ts';
import { poolsWith } from './facts.ts';
import { faultsBy, planFaults } from './faults.ts';
import { impossibleLines } from './placement-impossible.ts';

/**
 * An expert is placed on two ranks although no redundant experts are asked for.
 *
 * Replicas share the tokens of an expert and cost memory. `redundant-experts` says how many a layer has; more copies than
 * that are taken for a slip of the pen.
 *
 * ## Not so
 * ```moeplan
 * expert 0..7  on gpu 0
 * expert 7..15 on gpu 1
 * ```
 *
 * ## But so
 * ```moeplan
 * redundant-experts = 1
 * expert 0..7  on gpu 0
 * expert 7..15 on gpu 1
 * ```
 *
 * ## How to fix it
 * Take the expert out of one line, or allow the copy with `redundant-experts`.
 */
export const expertPlacedTwice: Rule<PlanContext> = {
  name: 'expert-placed-twice',
  family: 'experts',
  severity: 'error',
  summary: 'An expert is placed twice without being redundant.',
  check(context, report) {
    const faultsOfPools = new Map<Pool | undefined, readonly Repeated[]>(
      context.plan.deployments.flatMap((resolved) => [
        ...faultsBy(planFaults(resolved, 'experts-repeated'), (fault) => resolved.draft?.pools[fault.pool]),
      ]),
    );
    for (const draftPool of poolsWith(context, 'degrees')) {
      if (impossibleLines(draftPool.resolved).length > 0) continue;
      const { pool } = draftPool;
      const repeats = new Map<string, Repeat & { readonly stages: number[]; most: number }>();
      for (const { stage, copies } of faultsOfPools.get(pool) ?? []) {
        for (const repeat of repeatsOf(linesOf(draftPool, stage))) {
          const { uri, node } = repeat.line;
          const key = `${uri} ${node.span.start} ${writeIndexes(repeat.experts).join()}`;
          const entry = repeats.get(key);
          if (entry) {
            entry.stages.push(stage);
            entry.most = Math.max(entry.most, copies);
          } else repeats.set(key, { ...repeat, stages: [stage], most: copies });
        }
      }
      for (const { line, others, experts, stages, most } of repeats.values()) {
        report({
          uri: line.uri,
          span: line.node.span,
          message: `${nameIndexes('expert', experts)} ${experts.length === 1 ? 'is' : 'are'} placed twice${where(pool, stages)}; take ${experts.length === 1 ? 'it' : 'them'} out of one place, or allow copies with \`redundant-experts = ${most}\``,
          fixes: others.length > 0 ? withoutExperts(line, experts) : [],
          related: others.map(({ uri, node }) => ({ uri, span: node.span, message: 'placed here too' })),
        });
      }
    }
  },
};

function where({ stages }: Pool, indexes: readonly number[]): string {
  if (stages.length === indexes.length) return '';
  return ` in ${indexes.length === 1 ? 'stage' : 'stages'} ${enumerateNames(indexes.map((index) => stages[index]?.name ?? ''))}`;
}

/** Leaves a line the experts that are not repeated. There is no fix when no others remain. */
function withoutExperts({ experts, node, uri }: WrittenLine, repeated: readonly number[]): Fix[] {
  const repeatedSet = new Set(repeated);
  const left = experts.filter((expert) => !repeatedSet.has(expert));
  if (left.length === 0) return [];
  const runs = writeIndexes(left);
  const text = runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
  return [fix(`Change to \`expert ${text}\``, uri, node.experts.span, text, false)];
}

type Repeated = Extract<PlanFault, { kind: 'experts-repeated' }>;

interface Repeat {
  readonly line: WrittenLine;
  /** Lines that put the same experts on other ranks. Empty when the line repeats itself. */
  readonly others: readonly WrittenLine[];
  readonly experts: readonly number[];
}

/**
 * Finds lines that put an expert of a layer on a second rank. Among lines that repeat each other, the one that repeats most
 * others is reported, or the last of equal ones: when one line has a slip, the others are right.
 */
function repeatsOf(lines: readonly PlacedLine<WrittenLine>[]): Repeat[] {
  const clashes = clashesOf(lines);
  const repeatsFound: Repeat[] = [];
  while (repeatsFound.length < MOST_REPEATS) {
    let worst = -1;
    for (let line = 0; line < lines.length; line++) {
      const size = clashes.get(line)?.size ?? 0;
      if (size > 0 && size >= (clashes.get(worst)?.size ?? 0)) worst = line;
    }
    const line = lines[worst];
    const partners = clashes.get(worst);
    if (!line || !partners) return repeatsFound;
    const experts = new Set([...partners.values()].flatMap((shared) => [...shared]));
    repeatsFound.push({
      line: line.written,
      others: [...partners.keys()].flatMap((other) => (other === worst ? [] : (lines[other]?.written ?? []))),
      experts: [...experts],
    });
    for (const other of partners.keys()) clashes.get(other)?.delete(worst);
    clashes.delete(worst);
  }
  return repeatsFound;
}

/**
 * Maps each line to the lines that put one of its experts on another rank of a layer that both concern, with these experts.
 */
function clashesOf(lines: readonly PlacedLine<WrittenLine>[]): Map<number, Map<number, Set<number>>> {
  const holders = new Map<number, { readonly line: number; readonly rank: number }[]>();
  const clashes = new Map<number, Map<number, Set<number>>>();
  const add = (line: number, other: number, expert: number) => {
    const partners = clashes.get(line) ?? new Map<number, Set<number>>();
    clashes.set(line, partners);
    partners.set(other, (partners.get(other) ?? new Set()).add(expert));
  };
  lines.forEach((line, index) => {
    for (const [rank, experts] of line.ranks) {
      for (const expert of experts) {
        const expertHolders = holders.get(expert) ?? [];
        holders.set(expert, expertHolders);
        // The first few holders are enough: an expert that thousands of lines place is one mistake.
        for (const other of expertHolders.slice(0, MOST_HOLDERS)) {
          const first = lines[other.line];
          if (other.rank === rank || !first || !shareLayers(first, line)) continue;
          add(index, other.line, expert);
          add(other.line, index, expert);
        }
        expertHolders.push({ line: index, rank });
      }
    }
  });
  return clashes;
}

const MOST_HOLDERS = 8;

/** Nobody would correct more than this one by one. */
const MOST_REPEATS = 1_000;

function shareLayers(line: PlacedLine, otherLine: PlacedLine): boolean {
  const { layers } = otherLine;
  return !line.layers || !layers || [...line.layers].some((layer) => layers.has(layer));
}
