import type { Rule } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import type { Model } from '../model.ts';
import { type Misplaced, mostExperts } from '../placement.ts';
import { type ResolvedDeployment, type WrittenLine, writtenLine } from '../resolve/resolved.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { poolsOf } from './context.ts';
import { holds } from './facts.ts';
import { planFaults } from './faults.ts';

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

const cache = new Memo<ResolvedDeployment, readonly Impossible[]>();

/** The lines of a deployment that name something that does not exist. */
export function impossibleLines(resolved: ResolvedDeployment): readonly Impossible[] {
  const impossible = cache.get(resolved) ?? findImpossible(resolved);
  cache.set(resolved, impossible);
  return impossible;
}

function findImpossible(resolved: ResolvedDeployment): readonly Impossible[] {
  const pools = poolsOf(resolved);
  // Lines are checked only when the GPUs are given out correctly. Other rules report mistakes in that.
  const isGiven = pools.every((draftPool) => holds(draftPool, 'gpus') && holds(draftPool, 'degrees'));
  const impossible = new Map<WrittenLine['node'], Impossible>();
  for (const fault of planFaults(resolved, 'misplaced')) {
    const draftPool = pools[fault.pool];
    const written = draftPool && writtenAt(draftPool, fault.stage, fault.line);
    if (!written || impossible.has(written.line.node) || (fault.misplaced.what === 'gpus' && !isGiven)) continue;
    const message = describe(fault.misplaced, draftPool.pool.model, written.owner);
    impossible.set(written.line.node, { line: written.line, message });
  }
  return [...impossible.values()];
}

/** A line of a pool or of one of its stages as it is written, and the block whose GPUs it may name. */
function writtenAt({ resolved, pool, source }: DraftPool, stage: number | undefined, index: number) {
  const { entity } = resolved;
  const ofDeployment = source.holder === entity ? source.placement.written.length : entity.placements.length;
  const [line, owner] =
    stage !== undefined
      ? [lineAt(source.stages[stage]?.entity, index), `stage ${pool.stages[stage]?.name ?? ''}`]
      : [source.placement.written[index], index < ofDeployment ? `deployment ${resolved.name}` : `pool ${pool.name}`];
  return line && { line, owner };
}

function lineAt(stage: Entity | undefined, index: number): WrittenLine | undefined {
  const placement = stage?.placements[index];
  return placement && writtenLine(placement);
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
