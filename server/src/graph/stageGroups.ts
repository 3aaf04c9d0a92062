import type { PoolPrediction } from '../cost/evaluation.ts';
import type { Operation, StageRun } from '../cost/operation.ts';
import type { Stage } from '../plan/deployment.ts';
import { formatIndexes } from './labels.ts';
import { foldedRepeats } from './repeats.ts';

/** Equal stages that are one box until they are opened. */
export interface StageGroup {
  readonly stages: readonly Stage[];
  /** Their names as shown: `front..back`, `a, c, …, y`. */
  readonly names: string;
  /** The stages that open with them: the stages themselves, or those of all kinds that take turns with them. */
  readonly together: readonly Stage[];
}

interface Run {
  readonly what: number;
  readonly places: number[];
}

/**
 * The stages of a pool in groups, in order: neighbours that do the same on equally many GPUs, and stages at equal places of
 * a repeating pattern, as when layers of two kinds take turns over many stages.
 */
export function stageGroups({ pool, steps }: PoolPrediction): readonly StageGroup[] {
  // A box would hide the reader's own arrows.
  if (pool.arrows?.some(([from, to]) => to !== from + 1)) return [];
  const stagesAt = (places: readonly number[]) => places.flatMap((place) => pool.stages[place] ?? []);
  return foldedRepeats(
    runsOf(steps[0]?.stages ?? [], pool.stages),
    ({ what, places }) => `${what} x${places.length}`,
  ).map(({ items, all: pattern }) => {
    const places = items.flatMap((run) => run.places);
    return {
      stages: stagesAt(places),
      names: formatIndexes(places, (place) => pool.stages[place]?.name ?? String(place)),
      together: stagesAt(pattern.flatMap((run) => run.places)),
    };
  });
}

/** Runs of neighbours that do the same. */
function runsOf(runs: readonly StageRun[], stages: readonly Stage[]): readonly Run[] {
  const works = new Map<string, number>();
  const result: Run[] = [];
  for (const run of runs) {
    const stage = stages[run.stage];
    if (!stage) continue;
    const work = workOf(run, stage);
    const what = works.get(work) ?? works.size;
    works.set(work, what);
    const last = result.at(-1);
    if (last?.what === what) last.places.push(run.stage);
    else result.push({ what, places: [run.stage] });
  }
  return result;
}

function workOf({ entry, layers, exit }: StageRun, { gpus }: Stage): string {
  const costs = (operations: readonly Operation[]) =>
    operations.map(({ key, flop, bytes, seconds }) => [key, flop, bytes, seconds]);
  return JSON.stringify([
    gpus.length,
    costs(entry),
    layers.map((run) => [run.layers.length, costs(run.operations)]),
    costs(exit),
  ]);
}
