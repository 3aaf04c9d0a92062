import type { Rule } from '../../language/diagnostic.ts';
import type { Model } from '../model.ts';
import { type Misplaced, misplaced, mostExperts } from '../placement.ts';
import { type ResolvedDeployment, type WrittenLine, writtenLine } from '../resolved.ts';
import { nameIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { poolsOf } from './context.ts';
import { holds } from './facts.ts';

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
    for (const resolved of plan.deployments)
      for (const { line, message } of impossibleLines(resolved))
        report({ uri: line.uri, span: line.node.span, message });
  },
};

interface Impossible {
  readonly line: WrittenLine;
  readonly message: string;
}

const cache = new WeakMap<ResolvedDeployment, readonly Impossible[]>();

/** The lines of a deployment that name something that does not exist. */
export function impossibleLines(resolved: ResolvedDeployment): readonly Impossible[] {
  const impossible = cache.get(resolved) ?? findImpossible(resolved);
  cache.set(resolved, impossible);
  return impossible;
}

function findImpossible(resolved: ResolvedDeployment): readonly Impossible[] {
  const { entity, draft } = resolved;
  if (!draft) return [];
  const checked = new Map<WrittenLine['node'], Impossible | undefined>();
  const pools = poolsOf(resolved);
  // Lines are checked only when the GPUs are given out correctly. Other rules report mistakes in that.
  const isGiven = pools.every((draftPool) => holds(draftPool, 'gpus') && holds(draftPool, 'degrees'));
  const check = (line: WrittenLine, model: Model, gpus: ReadonlySet<number>, owner: string) => {
    if (checked.has(line.node)) return;
    const wrong = misplaced(line, model, gpus);
    const message = wrong && (wrong.what !== 'gpus' || isGiven) ? describe(wrong, model, owner) : undefined;
    checked.set(line.node, message === undefined ? undefined : { line, message });
  };
  const deploymentGpus = new Set(draft.pools.flatMap((pool) => pool.gpus));
  const [first] = draft.pools;
  for (const line of first ? entity.placements.map(writtenLine) : [])
    if (first) check(line, first.model, deploymentGpus, `deployment ${draft.name}`);
  for (const { pool, source } of pools) {
    const gpus = new Set(pool.gpus);
    for (const line of source.holder.placements.map(writtenLine)) check(line, pool.model, gpus, `pool ${pool.name}`);
    source.stages.forEach((stage, index) => {
      const placements = stage.entity?.placements ?? [];
      const { name = '', gpus: held = [] } = pool.stages[index] ?? {};
      const stageGpus = new Set(placements.length > 0 ? held : []);
      for (const line of placements.map(writtenLine)) check(line, pool.model, stageGpus, `stage ${name}`);
    });
  }
  return [...checked.values()].flatMap((impossible) => impossible ?? []);
}

function describe({ what, indexes }: Misplaced, model: Model, owner: string): string {
  switch (what) {
    case 'no-experts':
      return `model ${model.name} has no experts to place; remove the line`;
    case 'experts':
      return `there is no ${nameIndexes('expert', indexes)}: a layer has the experts 0..${mostExperts(model) - 1}; use these`;
    case 'gpus':
      return `${nameIndexes('GPU', indexes)} ${indexes.length === 1 ? 'is' : 'are'} not of ${owner}: use its GPUs`;
    case 'layers':
      return `there is no ${nameIndexes('layer', indexes)}: the model has the layers 0..${model.layers.length - 1}; use these`;
    case 'dense-layers':
      return `${nameIndexes('layer', indexes)} ${indexes.length === 1 ? 'has' : 'have'} no experts: use layers with experts`;
  }
}
