import { reduceScatter } from '../../cost/collectives/collectives.ts';
import { sentByLevel } from '../../cost/collectives/levels.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import { poolBudget } from '../../cost/memory/memory.ts';
import type { Step } from '../../cost/operation.ts';
import type { PoolSetting } from '../../cost/steps/stage.ts';
import { gradientPasses, trainingWork } from '../../cost/training/training.ts';
import type { Flow } from './flows.ts';
import { groupName, placedGroups } from './groups.ts';

/**
 * Gradients of a step over dp (those of experts over edp) and gathered weights where these are sharded, as training prices
 * them.
 */
export function gradientFlows(evaluation: Evaluation, setting: PoolSetting, step: Step): readonly Flow[] {
  const { workload, cluster } = evaluation.deployment;
  if (workload.kind !== 'training') return [];
  const { pool } = setting;
  const budget = poolBudget(cluster, setting, workload, trainingWork(workload));
  const passes = gradientPasses(pool.parallel, step.microBatches, workload.trainable ?? 'all');
  if (passes === 0) return [];
  return setting.stages.flatMap((stage, index) =>
    (['dp', 'edp'] as const).flatMap((kind): Flow[] => {
      const held = budget.fixed.filter(({ gpuClass }) => gpuClass.stage === stage.stage);
      // The GPUs that hold most determine the parameters, as for the step's time.
      const parameters = Math.max(
        0,
        ...held.map((memory) => (kind === 'dp' ? memory.denseParameters : memory.expertParameters)),
      );
      const cost = reduceScatter(stage.links[kind], stage.hardware.collectives, 2 * parameters);
      if (cost.bytes === 0) return [];
      const groups = placedGroups(stage, kind);
      const sent = groups.map(({ shape }) =>
        sentByLevel(cost.formula, cost.bytes, stage.links[kind], shape, undefined),
      );
      return [
        {
          label: kind === 'dp' ? 'gradients and weights' : 'gradients and weights of experts',
          operation: kind,
          stage: index,
          group: groupName(kind, stage.links[kind].size),
          pattern: 'rail',
          groups: groups.map(({ gpus }) => gpus),
          inside: sent.map(({ inside }) => inside * passes),
          across: sent.map(({ across }) => across * passes),
          seconds: cost.seconds * passes,
          times: passes,
        },
      ];
    }),
  );
}
