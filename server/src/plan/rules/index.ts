import type { Rule } from '../../language/diagnostic.ts';
import { blockScaleWidth } from './block-scale-width.ts';
import { configNotUnderstood } from './config-not-understood.ts';
import type { PlanContext } from './context.ts';
import { cycle } from './cycle.ts';
import { dcpNotDivisible } from './dcp-not-divisible.ts';
import { engineRules } from './engineRules.ts';
import { epLeavesDomain } from './ep-leaves-domain.ts';
import { expertLoadUneven } from './expert-load-uneven.ts';
import { expertMissing } from './expert-missing.ts';
import { expertPlacedTwice } from './expert-placed-twice.ts';
import { expertsNotDivisible } from './experts-not-divisible.ts';
import { familyNotStated } from './family-not-stated.ts';
import { ffnNotDivisible } from './ffn-not-divisible.ts';
import { gpuIdle } from './gpu-idle.ts';
import { gpuInTwoStages } from './gpu-in-two-stages.ts';
import { gpuOversubscribed } from './gpu-oversubscribed.ts';
import { gpusNotLinked } from './gpus-not-linked.ts';
import { headsNotDivisible } from './heads-not-divisible.ts';
import { hiddenMismatch } from './hidden-mismatch.ts';
import { incompleteBlock } from './incomplete-block.ts';
import { kvHeadsNotDivisible } from './kv-heads-not-divisible.ts';
import { kvHeadsReplicated } from './kv-heads-replicated.ts';
import { layerInTwoStages } from './layer-in-two-stages.ts';
import { layerOutsideModel } from './layer-outside-model.ts';
import { layerPattern } from './layer-pattern.ts';
import { layerWithoutStage } from './layer-without-stage.ts';
import { layersNotDivisible } from './layers-not-divisible.ts';
import { layersOutOfOrder } from './layers-out-of-order.ts';
import { layoutImpossible } from './layout-impossible.ts';
import { machinesContradictory } from './machines-contradictory.ts';
import { microBatchesMismatch } from './micro-batches-mismatch.ts';
import { notComputed } from './not-computed.ts';
import { parallelMismatch } from './parallel-mismatch.ts';
import { placementImpossible } from './placement-impossible.ts';
import { planTooLarge } from './plan-too-large.ts';
import { poolOrder } from './pool-order.ts';
import { poolRoleMissing } from './pool-role-missing.ts';
import { poolsCacheDiffer } from './pools-cache-differ.ts';
import { popularityNotUnderstood } from './popularity-not-understood.ts';
import { rackCounted } from './rack-counted.ts';
import { routingImpossible } from './routing-impossible.ts';
import { scheduleImpossible } from './schedule-impossible.ts';
import { severalSinks } from './several-sinks.ts';
import { severalSources } from './several-sources.ts';
import { shapeMismatch } from './shape-mismatch.ts';
import { tpAcrossNodes } from './tp-across-nodes.ts';
import { unreachableStage } from './unreachable-stage.ts';
import { vocabularyNotDivisible } from './vocabulary-not-divisible.ts';
import { workloadContradictory } from './workload-contradictory.ts';

export type { PlanContext } from './context.ts';

/** Every rule about dimensions, the graph, GPUs and experts. */
export const PLAN_RULES: readonly Rule<PlanContext>[] = [
  incompleteBlock,
  planTooLarge,
  workloadContradictory,
  configNotUnderstood,
  layerPattern,
  hiddenMismatch,
  routingImpossible,
  headsNotDivisible,
  kvHeadsNotDivisible,
  kvHeadsReplicated,
  dcpNotDivisible,
  ffnNotDivisible,
  vocabularyNotDivisible,
  expertsNotDivisible,
  layersNotDivisible,
  blockScaleWidth,
  shapeMismatch,
  cycle,
  unreachableStage,
  severalSources,
  severalSinks,
  layerOutsideModel,
  layerWithoutStage,
  layerInTwoStages,
  layersOutOfOrder,
  poolRoleMissing,
  poolOrder,
  popularityNotUnderstood,
  machinesContradictory,
  rackCounted,
  familyNotStated,
  gpuOversubscribed,
  gpuInTwoStages,
  gpuIdle,
  parallelMismatch,
  microBatchesMismatch,
  scheduleImpossible,
  layoutImpossible,
  tpAcrossNodes,
  epLeavesDomain,
  gpusNotLinked,
  expertMissing,
  expertPlacedTwice,
  placementImpossible,
  expertLoadUneven,
  poolsCacheDiffer,
  ...engineRules(),
  notComputed,
];
