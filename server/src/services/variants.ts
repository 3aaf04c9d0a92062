import { evaluate } from '../cost/evaluate.ts';
import type { Evaluation } from '../cost/evaluation.ts';
import type { Entity, Property } from '../language/entity.ts';
import type { BlockNode } from '../language/tree.ts';
import { blockSpec, propertySpec } from '../language/vocabulary/vocabulary.ts';
import { resolvePlan } from '../plan/resolve.ts';
import type { ResolvedDeployment } from '../plan/resolved.ts';
import { type Analysis, entityOfBlock } from './analysis.ts';

/**
 * The deployment around a `parallel` block as it would be with one degree set to a value. Nothing where the blocks are
 * no such place.
 */
export function withDegree(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  degree: string,
  value: number,
): ResolvedDeployment | undefined {
  const holder = blockSpec('deployment', 'parallel');
  const spec = holder && propertySpec(holder, degree);
  return variantOf(analysis, blocks, (parallel) => {
    if (!spec) return undefined;
    const { span } = parallel.node.keyword;
    const property: Property = {
      spec,
      operator: '=',
      value: { kind: 'quantity', value, dimension: 'number', span },
      node: {
        kind: 'property',
        key: { kind: 'word', text: degree, span },
        operator: '=',
        value: { kind: 'number', value, span },
        span,
      },
      uri: analysis.uri,
    };
    const rejected = new Set([...parallel.rejected].filter((name) => name !== degree));
    return { ...parallel, rejected, properties: new Map([...parallel.properties, [degree, property]]) };
  });
}

/** The same with the block's own statements of some degrees left out; what it inherits stays. */
export function withoutDegrees(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  degrees: ReadonlySet<string>,
): ResolvedDeployment | undefined {
  return variantOf(analysis, blocks, (parallel) => {
    // What a base states would come through: only a block without one is known to lose the degree.
    if (parallel.base || parallel.parent?.base) return undefined;
    return { ...parallel, properties: new Map([...parallel.properties].filter(([name]) => !degrees.has(name))) };
  });
}

function variantOf(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  change: (parallel: Entity) => Entity | undefined,
): ResolvedDeployment | undefined {
  const [outer] = blocks;
  const block = blocks.at(-1);
  const deployment = outer && entityOfBlock(analysis, outer);
  const parallel = block && entityOfBlock(analysis, block);
  if (deployment?.keyword !== 'deployment' || parallel?.keyword !== 'parallel') return undefined;
  const changed = change(parallel);
  if (!changed) return undefined;
  const variant = replaceChild(deployment, parallel, changed);
  return resolvePlan({ ...analysis.program, own: [variant], compares: [] }, analysis.planCache).deployments[0];
}

/** Evaluates a deployment that no text holds. */
export function evaluateVariant({ deployment }: ResolvedDeployment): Evaluation | undefined {
  return deployment && evaluate(deployment);
}

function replaceChild(entity: Entity, old: Entity, changed: Entity): Entity {
  const children = entity.children.map((child) => (child === old ? changed : replaceChild(child, old, changed)));
  if (children.every((child, index) => child === entity.children[index])) return entity;
  // What is kept by identity is that of the block as written.
  const { identity: _, ...rest } = entity;
  return { ...rest, children };
}
