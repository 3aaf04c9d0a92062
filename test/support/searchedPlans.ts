import type { PlanSpec, PoolSpec } from '../../server/src/plan/spec.ts';
import { analysed } from './analysed.ts';

/** Plans as a search tries them: all of a grid, in an order that is the same each time and follows nothing. */
export interface Searched {
  /** Of so many nodes of eight GPUs. */
  readonly plans: (nodes: number) => readonly PlanSpec[];
  /** What the median of a score is to be at most, microseconds. */
  readonly goalUs: number;
}

const LOAD = 'input = 4_000 tokens, output = 1_000 tokens, concurrency = 256';
const SERVED = `model = DeepSeek-V3, cluster = racks, workload = load`;

function specOf(nodes: number, workload: string, deployment: string): PlanSpec {
  const text = `cluster racks { node = H800x8, count = ${nodes} }
workload load { ${workload} }
deployment searched { ${deployment} }
`;
  const [resolved] = analysed(text).plan.deployments;
  if (!resolved?.spec) throw new Error('the plan that is searched from is not understood');
  return resolved.spec;
}

/** All combinations, by a large step through them that shares no factor with their number. */
function grid<Choices extends Readonly<Record<string, readonly number[]>>>(
  choices: Choices,
): readonly Readonly<Record<keyof Choices, number>>[] {
  const names = Object.keys(choices);
  const count = names.reduce((product, name) => product * (choices[name]?.length ?? 1), 1);
  let step = Math.floor(count * 0.618);
  while (count > 1 && greatestCommon(step, count) > 1) step++;
  return Array.from({ length: count }, (_, index) => {
    let at = (index * step) % count;
    const chosen: Record<string, number> = {};
    for (const name of names) {
      const values = choices[name] ?? [];
      chosen[name] = values[at % values.length] ?? 1;
      at = Math.floor(at / values.length);
    }
    return chosen as Readonly<Record<keyof Choices, number>>;
  });
}

function greatestCommon(left: number, right: number): number {
  return right === 0 ? left : greatestCommon(right, left % right);
}

const SERVING = {
  tp: [1, 2, 4, 8],
  pp: [1, 2],
  spread: [1, 2],
  concurrency: [16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1_024, 1_536],
  chunk: [2_048, 4_096, 8_192, 16_384],
  memory: [0.8, 0.85, 0.9],
};

/** A pool of so many GPUs with what was chosen of it. */
function chosenPool(pool: PoolSpec, gpus: number, of: Readonly<Record<keyof typeof SERVING, number>>): PoolSpec {
  const { tp, pp, spread, chunk, memory } = of;
  const ofStage = gpus / pp;
  return {
    ...pool,
    parallel: { recompute: [], tp, pp, dp: ofStage / tp, ep: ofStage / spread },
    engine: { ...pool.engine, chunkTokens: chunk, memoryFraction: memory },
  };
}

function served(spec: PlanSpec): readonly PlanSpec[] {
  return grid(SERVING).map((of) => ({
    ...spec,
    workload: { ...spec.workload, concurrency: of.concurrency },
    pools: spec.pools.map((pool) => chosenPool(pool, pool.gpus?.length ?? spec.cluster.gpuCount, of)),
  }));
}

export const SEARCHED: Readonly<Record<string, Searched>> = {
  'serving by one pool': {
    goalUs: 20,
    plans: (nodes) => served(specOf(nodes, LOAD, `${SERVED}, engine { name = sglang }`)),
  },
  'serving by two pools': {
    goalUs: 60,
    plans: (nodes) =>
      served(
        specOf(
          nodes,
          LOAD,
          `${SERVED}
  pool prefill { gpus = 0..${4 * nodes - 1}, engine { name = sglang, all-to-all = deepep-normal, two-batch-overlap = true } }
  pool decode { gpus = ${4 * nodes}..${8 * nodes - 1}, engine { name = sglang, all-to-all = deepep-low-latency } }
  prefill -> decode`,
        ),
      ),
  },
  'training in a pipeline': {
    goalUs: 60,
    plans: (nodes) => {
      const spec = specOf(
        nodes,
        'length = 4_096 tokens, global-batch = 1_024, micro-batch = 1',
        'model = Mixtral-8x7B, cluster = racks, workload = load, engine { name = megatron }',
      );
      return grid({
        tp: [1, 2, 4, 8],
        pp: [2, 4],
        vpp: [1, 2],
        zero: [0, 1],
        batch: [256, 512, 1_024, 2_048],
        micro: [1, 2],
        again: [0, 1],
        window: [0, 1],
      }).map(({ tp, pp, vpp, zero, batch, micro, again, window }) => ({
        ...spec,
        workload: { ...spec.workload, globalBatch: batch, microBatch: micro },
        pools: spec.pools.map((pool) => ({
          ...pool,
          parallel: {
            recompute: again ? ['full'] : [],
            tp,
            pp,
            vpp,
            etp: 1,
            ep: Math.min(8, (8 * nodes) / pp),
            zero: zero ? 1 : 0,
            dpOverlap: window === 1,
          },
        })),
      }));
    },
  },
};
