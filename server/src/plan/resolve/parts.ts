import type { Entity } from '../../language/entity.ts';
import type { DenseFeedForward, Experts, Popularity } from '../model.ts';
import { countsFromCsv } from '../popularity.ts';
import { flagOf, numberOf } from '../values.ts';
import type { PlanProblem } from './resolved.ts';

type Report = (problem: PlanProblem) => void;

/** A `dense` block as plain data. */
export function resolveDense(block: Entity): DenseFeedForward {
  return {
    kind: 'dense',
    ffn: numberOf(block, 'ffn') ?? 1,
    gated: flagOf(block, 'gated') ?? true,
    bias: flagOf(block, 'bias') ?? false,
  };
}

/** An `experts` block as plain data. What the block does not state comes from `ground`, if there is one. */
export function resolveExperts(
  block: Entity,
  ground: Experts | undefined,
  popularity: Popularity = { kind: 'uniform' },
): Experts {
  const count = numberOf(block, 'count') ?? ground?.count ?? 1;
  const ffn = numberOf(block, 'ffn') ?? ground?.ffn ?? 1;
  const shared = numberOf(block, 'shared') ?? ground?.shared ?? 0;
  const groups = numberOf(block, 'groups') ?? ground?.groups ?? 1;
  const latent = numberOf(block, 'latent') ?? ground?.latent;
  const parallelFfn = numberOf(block, 'parallel-ffn') ?? ground?.parallelFfn;
  const visionFfn = numberOf(block, 'vision-ffn') ?? ground?.visionFfn;
  const isSharedStated = block.properties.has('shared') || block.properties.has('ffn');
  return {
    kind: 'moe',
    count,
    topK: numberOf(block, 'top-k') ?? ground?.topK ?? 1,
    ffn,
    gated: flagOf(block, 'gated') ?? ground?.gated ?? true,
    bias: flagOf(block, 'bias') ?? ground?.bias ?? false,
    shared,
    sharedFfn: numberOf(block, 'shared-ffn') ?? (isSharedStated ? undefined : ground?.sharedFfn) ?? shared * ffn,
    sharedGate: flagOf(block, 'shared-gate') ?? ground?.sharedGate ?? false,
    ...(latent !== undefined && { latent }),
    ...(parallelFfn !== undefined && { parallelFfn }),
    ...(visionFfn !== undefined && { visionFfn }),
    zero: numberOf(block, 'zero') ?? ground?.zero ?? 0,
    groups,
    topGroups: numberOf(block, 'top-groups') ?? ground?.topGroups ?? groups,
    routerBias: flagOf(block, 'router-bias') ?? ground?.routerBias ?? false,
    popularity,
  };
}

/** Undefined when the file is not understood, which is reported. */
export function resolvePopularity(block: Entity, count: number, report: Report): Popularity | undefined {
  const property = block.properties.get('popularity');
  const value = property?.value;
  if (value?.kind === 'application' && value.argument.kind === 'quantity')
    return { kind: 'zipf', exponent: value.argument.value };
  if (!property?.file || value?.kind !== 'text') return { kind: 'uniform' };
  const counts = countsFromCsv(property.file.text, count);
  if (typeof counts !== 'string') return { kind: 'counts', counts };
  report({
    rule: 'popularity-not-understood',
    uri: property.uri,
    span: property.node.span,
    message: `\`${value.text}\` is not understood: ${counts}; correct it`,
  });
  return undefined;
}
