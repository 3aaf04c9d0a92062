import type { Rule } from '../../language/diagnostic.ts';
import type { EvaluatedPlacement } from '../../language/entity.ts';
import type { Pool } from '../deployment.ts';
import { layerClass } from '../model.ts';
import { indexesOf } from '../values.ts';
import type { PlanContext } from './context.ts';
import { nameIndexes, poolsOf } from './context.ts';

/**
 * An `expert` line names an expert, a layer or a GPU that is not there.
 *
 * Experts are counted from 0 in each layer. A line in a stage may name the GPUs of that stage, a line in a pool or deployment
 * those of all its stages.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * expert 8..16 on gpu 1
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * expert 8..15 on gpu 1
 * ```
 *
 * ## How to fix it
 * Name what the model and the stage have.
 */
export const placementImpossible: Rule<PlanContext> = {
  name: 'placement-impossible',
  family: 'experts',
  severity: 'error',
  summary: 'An expert, a layer or a GPU of a placement is not there.',
  check({ plan }, report) {
    const seen = new Set<EvaluatedPlacement['node']>();
    const check = (line: EvaluatedPlacement, pools: readonly Pool[], gpus: ReadonlySet<number>, owner: string) => {
      if (seen.has(line.node)) return;
      seen.add(line.node);
      const message = reasonAgainst(line, pools, gpus, owner);
      if (message !== undefined) report({ uri: line.uri, span: line.node.span, message });
    };
    for (const resolved of plan.deployments) {
      const { entity, draft } = resolved;
      if (!draft) continue;
      const own = (line: EvaluatedPlacement) => line.uri === entity.uri;
      const all = new Set(draft.pools.flatMap((pool) => pool.gpus));
      for (const line of entity.placements.filter(own)) check(line, draft.pools, all, `deployment ${draft.name}`);
      for (const { pool, source } of poolsOf(resolved)) {
        const gpus = new Set(pool.gpus);
        for (const line of source.holder.placements.filter(own)) check(line, [pool], gpus, `pool ${pool.name}`);
        source.stages.forEach((stage, index) => {
          const { name = '', gpus: held = [] } = pool.stages[index] ?? {};
          for (const line of stage.entity?.placements.filter(own) ?? [])
            check(line, [pool], new Set(held), `stage ${name}`);
        });
      }
    }
  },
};

function reasonAgainst(
  line: EvaluatedPlacement,
  pools: readonly Pool[],
  gpus: ReadonlySet<number>,
  owner: string,
): string | undefined {
  const [pool] = pools;
  if (!pool) return undefined;
  const counts = pool.model.classes.flatMap(({ feedForward }) =>
    feedForward.kind === 'moe' ? [feedForward.count] : [],
  );
  if (counts.length === 0) return `model ${pool.model.name} has no experts to place; remove the line`;
  const count = Math.max(...counts);
  const experts = indexesOf(line.experts).filter((expert) => expert >= count);
  if (experts.length > 0)
    return `there is no ${nameIndexes('expert', experts)}: a layer has the experts 0..${count - 1}; use these`;
  const foreign = indexesOf(line.gpus).filter((gpu) => !gpus.has(gpu));
  if (foreign.length > 0)
    return `${nameIndexes('GPU', foreign)} ${foreign.length === 1 ? 'is' : 'are'} not of ${owner}: use its GPUs`;
  const layers = indexesOf(line.layers);
  const outside = layers.filter((layer) => layer >= pool.model.layers.length);
  if (outside.length > 0)
    return `there is no ${nameIndexes('layer', outside)}: the model has the layers 0..${pool.model.layers.length - 1}; use these`;
  const dense = layers.filter((layer) => layerClass(pool.model, layer).feedForward.kind !== 'moe');
  return dense.length > 0
    ? `${nameIndexes('layer', dense)} ${dense.length === 1 ? 'has' : 'have'} no experts: use layers with experts`
    : undefined;
}
