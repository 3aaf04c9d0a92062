import type { Evaluation, PoolPrediction } from '../cost/evaluation.ts';
import type { Operation } from '../cost/operation.ts';
import type { DagOptions } from './types.ts';

/** A DAG with more nodes is no picture any more; exports fold it instead. */
const MOST_NODES = 2_000;

/** Folded nodes name all the GPUs that they stand for: a file with more numbers than this is read by nobody. */
const MOST_NAMED = 10_000_000;

const LEVELS: readonly DagOptions[] = [
  { gpus: 'each', layers: 'each', experts: 'each' },
  { gpus: 'each', layers: 'each', experts: 'grouped' },
  { gpus: 'each', layers: 'folded', experts: 'grouped' },
  { gpus: 'folded', layers: 'each', experts: 'grouped' },
];

/** Equal GPUs, layers and experts once each: the calm first picture. */
export function overviewOptions(): DagOptions {
  return { gpus: 'folded', layers: 'folded', experts: 'grouped' };
}

/** The finest level with at most so many nodes, counted by arithmetic. */
export function defaultOptions(evaluation: Evaluation, most: number = MOST_NODES): DagOptions {
  const gpus = evaluation.deployment.gpus.length;
  const named = (options: DagOptions, nodes: number) => (options.gpus === 'folded' ? nodes * gpus : nodes);
  const fits = (options: DagOptions) => {
    const nodes = nodesAt(evaluation, options);
    return nodes <= most && named(options, nodes) <= MOST_NAMED;
  };
  return LEVELS.find(fits) ?? overviewOptions();
}

function nodesAt({ prediction }: Evaluation, options: DagOptions): number {
  return prediction.pools.reduce((sum, pool) => sum + nodesOfPool(pool, options), 2);
}

function nodesOfPool({ pool, steps }: PoolPrediction, options: DagOptions): number {
  let nodes = 0;
  for (const run of steps[0]?.stages ?? []) {
    const gpus = options.gpus === 'each' ? (pool.stages[run.stage]?.gpus.length ?? 1) : 1;
    nodes += (run.entry.length + run.exit.length + 1) * gpus;
    for (const { layers, operations } of run.layers) {
      const times = options.layers === 'each' ? layers.length : 1;
      const experts = options.experts === 'each' ? expertNodes(operations) : 0;
      nodes += times * gpus * (operations.length + experts);
    }
  }
  return nodes;
}

function expertNodes(operations: readonly Operation[]): number {
  const routed = operations.find((operation) => operation.routed);
  return routed?.input.find(({ name }) => name === 'experts')?.size ?? 0;
}
