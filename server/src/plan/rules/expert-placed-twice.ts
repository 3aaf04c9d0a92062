import type { Fix, Rule } from '../../language/diagnostic.ts';
import type { EvaluatedPlacement } from '../../language/entity.ts';
import { fix } from '../../language/rules/run.ts';
import type { PlacedLine } from '../placement.ts';
import { indexesOf } from '../values.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { draftPools, linesOf, nameIndexes, writeIndexes } from './context.ts';

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
    for (const draftPool of draftPools(context)) {
      const { pool, source, resolved } = draftPool;
      pool.stages.forEach((stage, index) => {
        const lines = linesOf(draftPool, index);
        const copies = stage.layers.map((layer) => extraCopies(lines, layer));
        const most = Math.max(0, ...copies);
        if (most <= source.placement.redundant) return;
        for (const { first, second, experts } of repeats(lines)) {
          const isOwn = second.uri === resolved.entity.uri;
          report({
            ...(isOwn ? { uri: second.uri, span: second.node.span } : source.pool),
            message: `${nameIndexes('expert', experts)} ${experts.length === 1 ? 'is' : 'are'} placed twice${where(draftPool, index)}; take ${experts.length === 1 ? 'it' : 'them'} out of one place, or allow copies with \`redundant-experts = ${most}\``,
            fixes: isOwn && first !== second ? withoutExperts(second, experts) : [],
            related: first === second ? [] : [{ uri: first.uri, span: first.node.span, message: 'placed here first' }],
          });
        }
      });
    }
  },
};

function where({ pool }: DraftPool, index: number): string {
  return pool.stages.length > 1 ? ` in stage ${pool.stages[index]?.name ?? ''}` : '';
}

/** The experts that a line places beside the repeated ones; nothing where it places no other. */
function withoutExperts({ experts, node, uri }: EvaluatedPlacement, repeated: readonly number[]): Fix[] {
  const left = indexesOf(experts).filter((expert) => !repeated.includes(expert));
  if (left.length === 0) return [];
  const runs = writeIndexes(left);
  const text = runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
  return [fix(`Change to \`expert ${text}\``, uri, node.experts.span, text, false)];
}

/** Copies beyond the first of the experts of one layer. */
function extraCopies(lines: readonly PlacedLine[], layer: number): number {
  const ranksOf = new Map<number, Set<number>>();
  for (const line of lines) {
    if (line.layers && !line.layers.has(layer)) continue;
    for (const [rank, experts] of line.ranks) {
      for (const expert of experts) ranksOf.set(expert, (ranksOf.get(expert) ?? new Set()).add(rank));
    }
  }
  return [...ranksOf.values()].reduce((sum, ranks) => sum + ranks.size - 1, 0);
}

interface Repeat {
  readonly first: EvaluatedPlacement;
  readonly second: EvaluatedPlacement;
  readonly experts: readonly number[];
}

/** Pairs of lines, or a line by itself, that put the same expert of a layer on different ranks. */
function repeats(lines: readonly PlacedLine[]): Repeat[] {
  const found: Repeat[] = [];
  lines.forEach((second, at) => {
    for (const first of lines.slice(0, at + 1)) {
      if (!shareLayers(first, second)) continue;
      const experts = new Set<number>();
      for (const [rank, held] of second.ranks) {
        for (const expert of held) if (isElsewhere(first, expert, rank)) experts.add(expert);
      }
      if (experts.size > 0) found.push({ first: first.written, second: second.written, experts: [...experts] });
    }
  });
  return found;
}

function shareLayers(one: PlacedLine, other: PlacedLine): boolean {
  if (!one.layers || !other.layers) return true;
  return [...one.layers].some((layer) => other.layers?.has(layer));
}

function isElsewhere(line: PlacedLine, expert: number, rank: number): boolean {
  return [...line.ranks].some(([other, experts]) => other !== rank && experts.includes(expert));
}
