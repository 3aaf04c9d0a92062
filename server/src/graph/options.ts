import type { Evaluation, PoolPrediction } from '../cost/evaluation.ts';
import type { Operation } from '../cost/operation.ts';
import { orderedRuns } from './runs.ts';
import type { DagOptions } from './types.ts';

/** A DAG with more nodes cannot be read as a picture. Exports fold it instead. */
const MOST_NODES = 2_000;

/** Folded nodes name all the GPUs that they represent. Nobody reads a file with more numbers than this. */
const MOST_NAMED = 10_000_000;

const LEVELS: readonly DagOptions[] = [
  { gpus: 'each', layers: 'each', experts: 'each' },
  { gpus: 'each', layers: 'each', experts: 'grouped' },
  { gpus: 'each', layers: 'folded', experts: 'grouped' },
  { gpus: 'folded', layers: 'each', experts: 'grouped' },
];

/** Equal GPUs, layers and experts once each, for a calm first picture. */
export function overviewOptions(): DagOptions {
  return { gpus: 'folded', layers: 'folded', experts: 'grouped' };
}

/** The finest level with at most `most` nodes. Nodes are counted from the runs, and none is made. */
export function defaultOptions(evaluation: Evaluation, most: number = MOST_NODES): DagOptions {
  return LEVELS.find((options) => isDrawable(evaluation, options, most)) ?? overviewOptions();
}

/** Whether a graph has at most `most` nodes and does not name more GPUs than anyone reads. */
export function isDrawable(evaluation: Evaluation, options: DagOptions, most: number = MOST_NODES): boolean {
  const nodes = nodesAt(evaluation, options);
  return nodes <= most && (options.gpus === 'each' || nodes * evaluation.deployment.gpus.length <= MOST_NAMED);
}

function nodesAt({ prediction }: Evaluation, options: DagOptions): number {
  return prediction.pools.reduce((sum, pool) => sum + nodesOfPool(pool, options), 2);
}

function nodesOfPool({ pool, steps }: PoolPrediction, options: DagOptions): number {
  let nodes = 0;
  for (const run of steps[0]?.stages ?? []) {
    const gpus = options.gpus === 'each' ? (pool.stages[run.stage]?.gpus.length ?? 1) : 1;
    nodes += (run.entry.length + run.exit.length + 1) * gpus;
    for (const { operations } of orderedRuns(run.layers, options.layers === 'folded')) {
      const experts = options.experts === 'each' ? expertNodes(operations) : 0;
      nodes += gpus * (operations.length + experts);
    }
  }
  return nodes;
}

function expertNodes(operations: readonly Operation[]): number {
  const routed = operations.find((operation) => operation.routed);
  return routed?.input.find(({ name }) => name === 'experts')?.size ?? 0;
}
