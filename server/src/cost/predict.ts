import type { Cluster } from '../plan/cluster.ts';
import type { Deployment } from '../plan/deployment.ts';
import { limitOf } from './breakdown/limit.ts';
import { estimate, type PoolEstimate } from './estimate.ts';
import type { PoolMemory, PoolPrediction, Prediction } from './evaluation.ts';
import { peakOf } from './hardware.ts';
import type { Step } from './operation.ts';
import { poolCapacities } from './serving/capacity.ts';
import { type PoolSetting, poolSetting } from './steps/stage.ts';
import { drawnStep, type StepTimes } from './steps/step.ts';
import { trainingStages } from './training/training.ts';

/** A deployment's memory by pool and its prediction. */
export interface Outcome {
  readonly memory: readonly PoolMemory[];
  readonly prediction: Prediction;
}

/** The estimate of a deployment with the operations behind its numbers. */
export function predict(deployment: Deployment): Outcome {
  const { cluster } = deployment;
  const settings = deployment.pools.map((pool) => poolSetting(cluster, pool));
  const { workload } = deployment;
  const { memory, pools, predicted, passes } = estimate(deployment, settings);
  const drawn = new Map<StepTimes, Step>();
  const draw = (pool: PoolEstimate, step: StepTimes): Step => {
    const drawnOnce = drawn.get(step) ?? drawnStep(pool.setting, step);
    drawn.set(step, drawnOnce);
    return drawnOnce;
  };
  const loads = loadsOf(deployment, settings, memory, pools);
  const shown = pools.map((pool, index): PoolPrediction => {
    const { setting, steps, throughput } = pool;
    const load = loads[index];
    return {
      pool: deployment.pools[index] ?? setting.pool,
      steps: steps.map((step) => draw(pool, step)),
      throughput,
      ...(load !== undefined && { load }),
    };
  });
  const timesOf = ({ pool }: PoolPrediction) => {
    const trained = pools.find(({ setting }) => setting.pool.name === pool.name);
    return trained && workload.kind === 'training' ? trainingStages(trained.setting, workload) : undefined;
  };
  return {
    memory,
    prediction: {
      pools: shown,
      ...predicted,
      utilisationPerGpu: shown.flatMap((pool) => stageUtilisation(cluster, pool, passes)),
      bottleneck: limitOf({ deployment, memory }, { ...predicted, pools: shown }, timesOf),
    },
  };
}

/** What each pool does of what it could, where prompts are read apart from what is generated. */
function loadsOf(
  { workload }: Deployment,
  settings: readonly PoolSetting[],
  memory: readonly PoolMemory[],
  pools: readonly PoolEstimate[],
): readonly (number | undefined)[] {
  if (workload.kind !== 'serving') return [];
  const capacities = poolCapacities(settings, memory, workload);
  const read = capacities.reduce<number>(
    (sum, capacity, index) => (settings[index]?.pool.role === 'prefill' ? sum + (capacity ?? 0) : sum),
    0,
  );
  return pools.map(({ setting, throughput }, index) => {
    const capacity = capacities[index];
    if (capacity === undefined) return undefined;
    return setting.pool.role === 'prefill'
      ? throughput / workload.input / read
      : throughput / workload.output / capacity;
  });
}

/** FLOP that one GPU of each stage does in the drawn step, over its peak. */
function stageUtilisation(cluster: Cluster, { pool, steps }: PoolPrediction, passes: number) {
  const step = steps[0];
  if (!step) return [];
  return pool.stages.map((stage, index) => {
    const run = step.stages[index];
    let flop = 0;
    if (run) {
      for (const operation of run.entry) flop += operation.flop;
      for (const operation of run.exit) flop += operation.flop;
      for (const { layers, operations } of run.layers) {
        for (const operation of operations) flop += layers.length * operation.flop;
      }
    }
    const first = stage.gpus[0] ?? 0;
    const group = cluster.groups.findLast(({ firstGpu }) => firstGpu <= first);
    const peak = group ? peakOf(group.node.gpu, pool.model.types.compute ?? pool.model.types.experts) : 1;
    return {
      gpus: stage.gpus,
      phase: step.phase,
      utilisation: (passes * step.microBatches * flop) / (step.seconds * peak),
    };
  });
}
