import type { Reference } from '../language/analysis.ts';
import type { Entity, Property } from '../language/entity.ts';
import type { Span } from '../language/span.ts';
import type { BlockNode, PropertyNode, Word } from '../language/tree.ts';
import { COMPARE_CLAIMS } from '../language/vocabulary/claims.ts';
import type { BlockSpec, PropertySpec } from '../language/vocabulary/spec.ts';
import { blockSpec, propertySpec } from '../language/vocabulary/vocabulary.ts';
import { type Node, nodesAt } from '../language/walk.ts';
import { type Analysis, entityOfBlock } from './analysis.ts';

/** What is at an offset, with everything that features ask about it. */
export interface Place {
  /** The nodes around the offset, outermost first. */
  readonly path: readonly Node[];
  /** The innermost node. */
  readonly node: Node;
  /** The blocks around it, outermost first. */
  readonly blocks: readonly BlockNode[];
  readonly block?: { readonly node: BlockNode; readonly spec?: BlockSpec; readonly entity?: Entity };
  readonly property?: { readonly node: PropertyNode; readonly spec?: PropertySpec; readonly value?: Property };
  /** The use of a name at the offset. */
  readonly reference?: Reference;
}

export function placeAt(analysis: Analysis, offset: number): Place | undefined {
  const path = nodesAt(analysis.source.tree, offset);
  const node = path.at(-1);
  if (!node) return undefined;
  const blocks = path.filter((onPath): onPath is BlockNode => onPath.kind === 'block');
  const block = blocks.at(-1);
  const spec = specOf(blocks);
  const entity = block && entityOfBlock(analysis, block);
  const property = path.find((onPath): onPath is PropertyNode => onPath.kind === 'property');
  const inCompare = path.some((onPath) => onPath.kind === 'compare');
  const ofProperty =
    property &&
    (spec
      ? propertySpec(spec, property.key.text)
      : inCompare
        ? COMPARE_CLAIMS.find((claim) => claim.name === property.key.text)
        : undefined);
  const value = property && ownValue(entity, property);
  const reference = analysis.program.analyses
    .get(analysis.uri)
    ?.references.find((candidate) => candidate.span.start <= offset && offset <= candidate.span.end);
  return {
    path,
    node,
    blocks,
    ...(block && { block: { node: block, ...(spec && { spec }), ...(entity && { entity }) } }),
    ...(property && { property: { node: property, ...(ofProperty && { spec: ofProperty }), ...(value && { value }) } }),
    ...(reference && { reference }),
  };
}

/** The vocabulary of the innermost of nested blocks. */
export function specOf(blocks: readonly BlockNode[]): BlockSpec | undefined {
  let parent = 'file';
  let spec: BlockSpec | undefined;
  for (const block of blocks) {
    spec = blockSpec(parent, block.keyword.text);
    parent = block.keyword.text;
  }
  return spec;
}

function ownValue(entity: Entity | undefined, node: PropertyNode): Property | undefined {
  const value = entity?.properties.get(node.key.text);
  return value?.node === node ? value : undefined;
}

/** The name of a top-level block or constant when the offset is on its definition. */
export function definedAt(place: Place): Word | undefined {
  const { node, path } = place;
  const parent = path.at(-2);
  if (node.kind !== 'word' || !parent) return undefined;
  if (parent.kind === 'block' && parent.name === node) return node;
  return parent.kind === 'let' && parent.name === node ? node : undefined;
}

export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}
