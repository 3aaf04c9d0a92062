import type { Cluster } from '../plan/cluster.ts';
import type { Deployment } from '../plan/deployment.ts';
import { estimate, type PoolEstimate } from './estimate.ts';
import type { PoolMemory, PoolPrediction, Prediction } from './evaluation.ts';
import { peakOf } from './hardware.ts';
import type { Step } from './operation.ts';
import { bottleneckOf } from './steps/bottleneck.ts';
import { poolSetting } from './steps/stage.ts';
import { drawnStep, type StepTimes } from './steps/step.ts';

/** A deployment's memory by pool and its prediction. */
export interface Outcome {
  readonly memory: readonly PoolMemory[];
  readonly prediction: Prediction;
}

/** The estimate of a deployment with the operations behind its numbers. */
export function predict(deployment: Deployment): Outcome {
  const { cluster } = deployment;
  const settings = deployment.pools.map((pool) => poolSetting(cluster, pool));
  const { memory, pools, predicted, slowest, passes } = estimate(deployment, settings);
  const drawn = new Map<StepTimes, Step>();
  const draw = (pool: PoolEstimate, step: StepTimes): Step => {
    const drawnOnce = drawn.get(step) ?? drawnStep(pool.setting, step);
    drawn.set(step, drawnOnce);
    return drawnOnce;
  };
  const shown = pools.map((pool, index): PoolPrediction => {
    const { setting, steps, throughput } = pool;
    return {
      pool: deployment.pools[index] ?? setting.pool,
      steps: steps.map((step) => draw(pool, step)),
      throughput,
    };
  });
  const names = slowest.pool.setting.pool.stages.map(({ name }) => name);
  return {
    memory,
    prediction: {
      pools: shown,
      ...predicted,
      utilisationPerGpu: shown.flatMap((pool) => stageUtilisation(cluster, pool, passes)),
      bottleneck: bottleneckOf(draw(slowest.pool, slowest.step), names),
    },
  };
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
