import type { Operation } from '../../cost/operation.ts';
import { handover } from '../../cost/serving/handover.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { alikePositions, rangesOf } from '../instances.ts';
import { firstShape, lastShape } from '../runs.ts';
import { type Drawing, type Front, heldAt, nodesOf, workOf } from './drawing.ts';

/** Key of the node between two pools, by index. */
export function cacheKey({ evaluation }: Drawing, from: number, to: number): string {
  const { pools } = evaluation.deployment;
  return `kv-transfer/${pools[from]?.name ?? from}-${pools[to]?.name ?? to}`;
}

/** Draws the transfer of the prompt's KV cache from prefill pools to the decode pool. Returns the nodes' keys. */
export function drawCacheTransfers(
  drawing: Drawing,
  to: number,
  before: readonly number[],
  fronts: ReadonlyMap<number, Front>,
): readonly string[] {
  const { deployment, prediction, cluster } = drawing.evaluation;
  const target = prediction.pools[to];
  const { workload, pools } = deployment;
  return before.map((from) => {
    const key = cacheKey(drawing, from, to);
    const gpus = [...(deployment.pools[from]?.gpus ?? []), ...(deployment.pools[to]?.gpus ?? [])].sort((a, b) => a - b);
    const input = prediction.pools[from]?.steps[0]?.stages.at(-1);
    const output = target ? firstShape(target)[0] : undefined;
    const [source, sink] = [pools[from], pools[to]];
    const isServed = workload.kind === 'serving' && source && sink;
    const { bytes, seconds } = isServed ? handover(cluster, source, sink, workload) : { bytes: [0], seconds: 0 };
    drawing.dag.addNode(key, {
      label: 'KV cache transfer',
      kind: 'communication',
      gpus,
      copies: 1,
      layers: [],
      block: '',
      experts: [],
      operation: 'kv-transfer',
      input: (input && lastShape(input)) ?? [],
      output: output ?? [],
      flop: 0,
      bytes: Math.max(0, ...bytes),
      seconds,
      exposedSeconds: seconds,
      formula: 'handover',
      sends: true,
      bound: 'network',
      critical: false,
    });
    for (const node of nodesOf(fronts.get(from))) drawing.edge(node, key);
    return key;
  });
}

/**
 * Draws the activations to the next stage: rank by rank when both stages have the same size, otherwise as one node. Returns
 * what arrives.
 */
export function drawTransfer(
  drawing: Drawing,
  pool: Pool,
  [stage, next]: readonly [Stage, Stage],
  operation: Operation,
  front: Front,
): Front {
  const { options } = drawing;
  const prefix = `${drawing.isSplit ? `${pool.name}/` : ''}${stage.name}-${next.name}`;
  const lanes = [stage, next].map((end) => options.unfolded?.lanes(pool, end) ?? []);
  const isOneByOne = stage.gpus.length === next.gpus.length;
  const folded = !isOneByOne || (options.gpus === 'folded' && lanes.every(({ length }) => length < 2));
  const after = new Map<number, string[]>();
  const add = (key: string, from: readonly number[], to: readonly number[], copies: number) => {
    drawing.dag.addNode(key, {
      label: operation.label,
      kind: operation.kind,
      gpus: [...new Set([...from, ...to])].sort((a, b) => a - b),
      copies,
      ...(drawing.isSplit && { pool: pool.name }),
      stage: stage.name,
      layers: [],
      block: '',
      experts: [],
      ...workOf(operation),
      bound: operation.bound,
      critical: false,
    });
    for (const node of new Set(drawing.holders({ gpus: from }).flatMap((gpu) => heldAt(front, gpu))))
      drawing.edge(node, key);
    for (const gpu of drawing.holders({ gpus: to })) after.set(gpu, [key]);
  };
  if (folded) add(`${prefix}/transfer`, stage.gpus, next.gpus, stage.gpus.length * pool.replicas);
  else if (options.gpus === 'folded')
    for (const positions of alikePositions(stage, next, lanes)) {
      const [from = [], to = []] = [stage, next].map(({ gpus }) => positions.map((position) => gpus[position] ?? 0));
      const name = `gpu[${rangesOf(from.toSorted((a, b) => a - b))}]`;
      add(`${prefix}/${name}/transfer`, from, to, positions.length * pool.replicas);
    }
  else
    for (const [position, gpu] of stage.gpus.entries())
      add(`${prefix}/gpu${gpu}/transfer`, [gpu], [next.gpus[position] ?? gpu], pool.replicas);
  return after;
}
