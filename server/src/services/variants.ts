import { evaluate } from '../cost/evaluate.ts';
import type { Evaluation } from '../cost/evaluation.ts';
import { changedCopy, type Entity, type Property } from '../language/entity.ts';
import type { BlockNode } from '../language/tree.ts';
import { propertySpec } from '../language/vocabulary/vocabulary.ts';
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
  return variantOf(analysis, blocks, (parallel) => withProperty(parallel, degree, value));
}

/** A number in its base unit, or the indexes `from..to`. */
export type SetValue = number | { readonly from: number; readonly to: number };

/** A copy of an entity in which one property has another value; nothing where its block has no such property. */
export function withProperty(entity: Entity, name: string, value: SetValue): Entity | undefined {
  const spec = propertySpec(entity.spec, name);
  if (!spec) return undefined;
  const { span } = entity.node.keyword;
  const number = (of: number) => ({ kind: 'number', value: of, span }) as const;
  const isNumber = typeof value === 'number';
  const dimension = spec.type.kind === 'quantity' ? spec.type.dimension : 'number';
  const property: Property = {
    spec,
    operator: '=',
    value: isNumber ? { kind: 'quantity', value, dimension, span } : { kind: 'range', ...value, by: 1, span },
    node: {
      kind: 'property',
      key: { kind: 'word', text: name, span },
      operator: '=',
      value: isNumber ? number(value) : { kind: 'range', from: number(value.from), to: number(value.to), span },
      span,
    },
    uri: entity.uri,
  };
  const rejected = new Set([...entity.rejected].filter((each) => each !== name));
  return changedCopy(entity, { rejected, properties: new Map([...entity.properties, [name, property]]) });
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
    const properties = new Map([...parallel.properties].filter(([name]) => !degrees.has(name)));
    return changedCopy(parallel, { properties });
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

/** A copy of an entity with a block somewhere in it replaced. */
export function replaceChild(entity: Entity, old: Entity, changed: Entity): Entity {
  const children = entity.children.map((child) => (child === old ? changed : replaceChild(child, old, changed)));
  if (children.every((child, index) => child === entity.children[index])) return entity;
  return changedCopy(entity, { children });
}

/** A copy of a deployment that refers to another entity than the one written, a changed workload for example. */
export function withTarget(entity: Entity, name: string, target: Entity): Entity | undefined {
  const property = entity.properties.get(name);
  if (!property) return undefined;
  return changedCopy(entity, { properties: new Map([...entity.properties, [name, { ...property, target }]]) });
}
