import type { Entity } from '../language/entity.ts';
import type { Attention, DenseFeedForward, Experts, Popularity } from './model.ts';
import { countsFromCsv } from './popularity.ts';
import type { PlanProblem } from './resolved.ts';
import { childOf, flagOf, numberOf, wordOf } from './values.ts';

type Report = (problem: PlanProblem) => void;

/** Facts of an attention layer that is described by nothing: heads of one, so that shapes stay finite. */
const PLAIN = { bias: false, outputBias: false, qkNorm: false, sinks: false, outputGate: false } as const;

/** Names of the properties that an attention block needs and lacks. */
export function attentionLacks({ properties }: Entity): readonly string[] {
  const wanted = properties.has('state') && properties.has('parameters') ? [] : ['heads'];
  if (properties.has('kv-rank')) wanted.push('nope-size', 'rope-size', 'value-size');
  return wanted.filter((name) => !properties.has(name));
}

/** An `attention` block as plain data; heads of one where it does not say them. `hidden` in elements. */
export function resolveAttention(block: Entity, hidden: number): Attention {
  const name = block.name ?? 'attention';
  const indexer = childOf(block, 'indexer');
  const bias = flagOf(block, 'bias') ?? false;
  const qkNorm = wordOf(block, 'qk-norm');
  const common = {
    ...PLAIN,
    name,
    heads: numberOf(block, 'heads') ?? 1,
    bias,
    outputBias: flagOf(block, 'output-bias') ?? bias,
    qkNorm: qkNorm === 'true' || qkNorm === 'all-heads',
    ...(qkNorm === 'all-heads' && { wideQkNorm: true }),
    sinks: flagOf(block, 'sinks') ?? false,
    outputGate: flagOf(block, 'output-gate') ?? false,
    ...(indexer && {
      indexer: {
        heads: numberOf(indexer, 'heads') ?? 1,
        headSize: numberOf(indexer, 'head-size') ?? 1,
        topK: numberOf(indexer, 'top-k') ?? 1,
      },
    }),
  };
  const kvRank = numberOf(block, 'kv-rank');
  const headSize = numberOf(block, 'head-size') ?? Math.max(1, Math.floor(hidden / common.heads));
  if (kvRank !== undefined) {
    const queryRank = numberOf(block, 'query-rank');
    const nopeSize = numberOf(block, 'nope-size') ?? headSize;
    return {
      ...common,
      kind: 'mla',
      ...(queryRank !== undefined && { queryRank }),
      kvRank,
      nopeSize,
      ropeSize: numberOf(block, 'rope-size') ?? 0,
      valueSize: numberOf(block, 'value-size') ?? nopeSize,
    };
  }
  const state = numberOf(block, 'state');
  if (state !== undefined) {
    const parameters = numberOf(block, 'parameters');
    return { ...common, kind: 'linear', headSize, stateBytes: state, ...(parameters !== undefined && { parameters }) };
  }
  const window = numberOf(block, 'window');
  const chunk = numberOf(block, 'chunk');
  return {
    ...common,
    kind: 'gqa',
    kvHeads: numberOf(block, 'kv-heads') ?? common.heads,
    headSize,
    valueHeadSize: numberOf(block, 'value-head-size') ?? headSize,
    ...(window !== undefined && { window }),
    ...(chunk !== undefined && { chunk }),
  };
}

/** A `dense` block as plain data. */
export function resolveDense(block: Entity): DenseFeedForward {
  return {
    kind: 'dense',
    ffn: numberOf(block, 'ffn') ?? 1,
    gated: flagOf(block, 'gated') ?? true,
    bias: flagOf(block, 'bias') ?? false,
  };
}

/** An `experts` block as plain data; what it does not say is that of `ground`, where there is one. */
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
    zero: numberOf(block, 'zero') ?? ground?.zero ?? 0,
    groups,
    topGroups: numberOf(block, 'top-groups') ?? ground?.topGroups ?? groups,
    routerBias: flagOf(block, 'router-bias') ?? ground?.routerBias ?? false,
    popularity,
  };
}

/** Nothing for a file that is not understood, which is reported. */
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
