import type { Draft, Entity, Property, Quantity } from './entity.ts';
import type { Reading } from './reading.ts';
import type { Resolver } from './resolver.ts';
import { suggest } from './suggest.ts';
import type { BlockNode, EdgeNode, EntryNode, Expression, Item, PlacementNode, PropertyNode, Word } from './tree.ts';
import { LAYER_CLASSES, LAYER_ENDS } from './vocabulary/model.ts';
import type { BlockSpec, PropertySpec, ValueType } from './vocabulary/spec.ts';
import { expertIndexes, gpuIndexes, layerIndexes } from './vocabulary/types.ts';
import { blockSpec, blocksNamed, childBlocks, propertySpec } from './vocabulary/vocabulary.ts';
import { meaningOf } from './vocabulary/words/index.ts';

/** Reads everything between a block's braces into its draft, over what the draft inherits. */
export function fillBlock(draft: Draft, reading: Reading): void {
  // What a launch lacks is told here: nobody sees the findings of its plan.
  const isLaunched = draft.node.from !== undefined && draft.spec.fromLaunch === true;
  const isRead = isLaunched && !draft.unread && !draft.rejected.has('from');
  const excused =
    (draft.incomplete === true && !isRead) ||
    (draft.node.from !== undefined && !isLaunched) ||
    draft.config !== undefined;
  const isAttempted = readProperties(draft, reading);
  readChildren(draft, reading);
  readStatements(draft, reading);
  if (!excused) reportMissing(draft, isAttempted, reading);
}

/** Records a statement that cannot stand here, and the words in it as possible uses of names. */
export function skipItem(item: Item, parent: string, reading: Reading): void {
  reading.resolver.doubt(item);
  const header = item.kind === 'block' ? { start: item.span.start, end: item.body.start } : item.span;
  if (reading.hasSyntaxError(header)) return;
  const isUnknown = item.kind === 'block' && blocksNamed(item.keyword.text).length === 0;
  reading.resolver.report(
    isUnknown ? { kind: 'unknown-block', node: item, parent } : { kind: 'misplaced', node: item, parent },
  );
}

/**
 * Reads the properties. Answers which names the user tried to set; a mistyped name counts as the property it seems to mean.
 */
function readProperties(draft: Draft, reading: Reading): (name: string) => boolean {
  const { resolver } = reading;
  const { spec } = draft;
  const first = new Map<string, PropertyNode>();
  const mistyped: string[] = [];
  for (const node of draft.node.items) {
    if (node.kind !== 'property') continue;
    const declared = propertySpec(spec, node.key.text);
    if (!declared) {
      resolver.report({ kind: 'unknown-property', node, parent: spec.keyword, properties: spec.properties });
      resolver.doubt(node);
      const meant = propertyMeant(node.key.text, spec);
      if (meant !== undefined) mistyped.push(meant);
      else if (!hasNoPlace(node.key.text, spec)) draft.unread = true;
      draft.incomplete = true;
      continue;
    }
    const firstNode = first.get(declared.name);
    if (firstNode) {
      resolver.report({ kind: 'duplicate-property', node, first: firstNode });
      resolver.doubt(node);
      continue;
    }
    first.set(declared.name, node);
    const property = resolver.quietly(reading.hasSyntaxError(node.span), () =>
      evaluateProperty(node, declared, resolver),
    );
    draft.rejected.delete(declared.name);
    if (property) draft.properties.set(declared.name, withFile(property, draft, reading));
    else {
      draft.properties.delete(declared.name);
      draft.incomplete = true;
      // This also holds while it is being typed: a default would be a figure that nobody asked for.
      draft.rejected.add(declared.name);
    }
  }
  for (const name of mistyped) if (!first.has(name)) draft.rejected.add(name);
  return (name) => first.has(name) || mistyped.includes(name);
}

/** The property or child block that a word seems to mean where the block has none of that name. */
function propertyMeant(word: string, spec: BlockSpec): string | undefined {
  if (blockSpec(spec.keyword, word)) return word;
  const place = meaningOf(word, [spec.keyword])?.places[0];
  if (place?.block === spec) return place.property.name;
  return suggest(
    word,
    spec.properties.map((property) => property.name),
  );
}

/** Whether a word of another tool is understood and says nothing of a plan, such as `--port`. */
function hasNoPlace(word: string, spec: BlockSpec): boolean {
  return meaningOf(word, [spec.keyword])?.places.length === 0;
}

function withFile(property: Property, draft: Draft, reading: Reading): Property {
  const { value } = property.node;
  if (!property.spec.readsFile || value.kind !== 'string') return property;
  const file = reading.readText(value, draft.node);
  if (!file) draft.rejected.add(property.spec.name);
  return file ? { ...property, file } : property;
}

export function evaluateProperty(node: PropertyNode, spec: PropertySpec, resolver: Resolver): Property | undefined {
  const { uri } = resolver.scope.file.source;
  const isClaim = spec.comparable ?? false;
  if (!isClaim && (node.operator !== '=' || node.tolerance)) resolver.report({ kind: 'comparison-not-allowed', node });
  const typed = resolver.value(node.value, spec.type, spec);
  if (!typed) return undefined;
  const tolerance =
    isClaim && node.tolerance && typed.value.kind === 'quantity'
      ? evaluateTolerance(node.tolerance, typed.value, resolver)
      : undefined;
  return {
    spec,
    operator: isClaim ? node.operator : '=',
    value: typed.value,
    ...(tolerance && { tolerance }),
    ...(typed.target && { target: typed.target }),
    node,
    uri,
  };
}

/** `+- 5%` or an amount in the value's own dimension. */
function evaluateTolerance(expression: Expression, value: Quantity, resolver: Resolver): Quantity | undefined {
  const dimension = isShare(expression) ? 'fraction' : value.dimension;
  const typed = resolver.value(expression, { kind: 'quantity', dimension })?.value;
  if (typed?.kind !== 'quantity') return undefined;
  if (typed.value >= 0) return typed;
  resolver.report({ kind: 'out-of-range', span: expression.span, value: typed.value, reason: 'negative', expression });
  return undefined;
}

function isShare(expression: Expression): boolean {
  if (expression.kind === 'negative') return isShare(expression.operand);
  return expression.kind === 'number' && expression.unit?.text === '%';
}

/** Reads child blocks over the inherited ones. `layers { }` comes last because it names its neighbours. */
function readChildren(draft: Draft, reading: Reading): void {
  const { resolver } = reading;
  const ownChildren = new Map<string, Entity>();
  const blocks = draft.node.items.filter((item): item is BlockNode => item.kind === 'block');
  const namesOthers = (node: BlockNode) =>
    blockSpec(draft.keyword, node.keyword.text)?.holds?.includes('entries') ?? false;
  const last = blocks.filter(namesOthers);
  const merge = () => {
    draft.children = mergeChildren(draft, ownChildren);
  };
  merge();
  for (const nodes of last.length === 0 ? [blocks] : [blocks.filter((node) => !namesOthers(node)), last]) {
    if (nodes.length === 0) continue;
    for (const node of nodes) {
      const spec = blockSpec(draft.keyword, node.keyword.text);
      if (!spec) {
        skipItem(node, draft.keyword, reading);
        draft.incomplete = true;
        const meant = suggest(
          node.keyword.text,
          childBlocks(draft.keyword).map(({ keyword }) => keyword),
        );
        if (meant === undefined) draft.unread = true;
        else draft.rejected.add(meant);
        continue;
      }
      const key = childKey(spec.keyword, node.name?.text);
      const earlierChild = ownChildren.get(key);
      const child = readChild(node, spec, draft, reading);
      if (!earlierChild) ownChildren.set(key, child);
      else if (node.name && earlierChild.node.name) {
        resolver.report({ kind: 'duplicate-name', word: node.name, what: spec.keyword, first: earlierChild.node.name });
      } else if (!spec.repeatable && spec.naming !== 'required')
        resolver.report({ kind: 'duplicate-block', node, first: earlierChild.node });
      else ownChildren.set(`${key}\n${node.span.start}`, child);
    }
    merge();
  }
}

function readChild(node: BlockNode, spec: BlockSpec, parent: Draft, reading: Reading): Entity {
  const name = node.name?.text;
  const base = parent.base?.children.find((child) => child.keyword === spec.keyword && child.name === name);
  const draft = reading.draft(node, spec, base);
  draft.parent = parent;
  reading.entities.set(node, draft);
  fillBlock(draft, reading);
  if (draft.incomplete) parent.incomplete = true;
  return draft;
}

function childKey(keyword: string, name: string | undefined): string {
  return `${keyword} ${name ?? ''}`;
}

/**
 * Inherited children in their order, each replaced by the block's own child of the same name, then the block's other children.
 */
function mergeChildren(draft: Draft, ownChildren: ReadonlyMap<string, Entity>): Entity[] {
  const ownInOrder = [...ownChildren.values()].sort((left, right) => left.node.span.start - right.node.span.start);
  const inherited = draft.base?.children ?? [];
  // Hardly any block extends another one that has children.
  if (inherited.length === 0) return ownInOrder;
  const inPlace = inherited.map(
    (child) => ownChildren.get(childKey(child.keyword, child.name)) ?? inherit(child, draft),
  );
  const replaced = new Set(inPlace);
  return [...inPlace, ...ownInOrder.filter((child) => !replaced.has(child))];
}

/** A base's child as a child of the block that extends it. */
function inherit(child: Entity, parent: Entity): Entity {
  const copy: Draft = {
    ...child,
    parent,
    base: child.base,
    config: child.config,
    properties: new Map(child.properties),
    children: [],
    edges: [...child.edges],
    entries: [...child.entries],
    placements: [...child.placements],
    rejected: new Set(child.rejected),
    unread: child.unread,
  };
  copy.children = child.children.map((grandchild) => inherit(grandchild, copy));
  return copy;
}

function readStatements(draft: Draft, reading: Reading): void {
  const { spec } = draft;
  const edges: EdgeNode[] = [];
  for (const item of draft.node.items) {
    if (item.kind === 'property' || item.kind === 'block') continue;
    if (item.kind === 'edge' && spec.holds?.includes('edges')) edges.push(item);
    else if (item.kind === 'entry' && spec.holds?.includes('entries')) {
      reading.resolver.quietly(reading.hasSyntaxError(item.span), () => readEntry(item, draft, reading));
    } else if (item.kind === 'placement' && spec.holds?.includes('placements')) {
      reading.resolver.quietly(reading.hasSyntaxError(item.span), () => readPlacement(item, draft, reading));
    } else {
      skipItem(item, draft.keyword, reading);
      draft.incomplete = true;
      draft.unread = true;
    }
  }
  if (edges.length > 0) readEdges(edges, draft, reading);
}

/** What arrows join in each block: children with these keywords. */
const JOINED: Readonly<Record<string, readonly string[]>> = {
  deployment: ['stage', 'pool'],
  pool: ['stage'],
  layer: ['operator'],
};

function readEdges(nodes: readonly EdgeNode[], draft: Draft, { resolver, source }: Reading): void {
  const keywords = JOINED[draft.keyword] ?? [];
  const ends = draft.keyword === 'layer' ? LAYER_ENDS.map((end) => end.name) : [];
  const joined = new Map<string, Entity>();
  for (const child of draft.children) {
    if (child.name !== undefined && keywords.includes(child.keyword) && !joined.has(child.name))
      joined.set(child.name, child);
  }
  const inherited = new Set(draft.edges.map(pathText));
  for (const node of nodes) {
    for (const word of node.path) {
      const entity = joined.get(word.text);
      if (entity) resolver.refer(word, { kind: 'entity', entity });
      else if (!ends.includes(word.text)) {
        resolver.notInside(word, keywords.join(' or '), [...joined.keys(), ...ends]);
        draft.incomplete = true;
        draft.unread = true;
      }
    }
    if (!inherited.has(pathText(node))) draft.edges.push({ ...node, uri: source.uri });
  }
}

function pathText(node: EdgeNode): string {
  return node.path.map((word) => word.text).join(' ');
}

function readEntry(node: EntryNode, draft: Draft, reading: Reading): void {
  const { resolver, source } = reading;
  const range = indexesAt(node.range, layerIndexes, resolver)?.value;
  const words = layerWords(node.value, draft, resolver);
  if (!range || !words) {
    draft.incomplete = true;
    draft.rejected.add(node.range);
    return;
  }
  const { span } = node.value;
  const items = words.map(({ text, span: at }) => ({ kind: 'word', text, span: at }) as const);
  const [only] = items;
  const value = node.value.kind === 'list' || !only ? ({ kind: 'list', items, span } as const) : only;
  draft.entries.push({ range, value, node, uri: source.uri });
}

function indexesAt(expression: Expression, spec: PropertySpec, resolver: Resolver) {
  return resolver.value(expression, spec.type, spec);
}

/** The words of an entry's value, each a class, an attention class or a hand-drawn layer. */
function layerWords(expression: Expression, draft: Draft, resolver: Resolver): readonly Word[] | undefined {
  if (expression.kind === 'missing') return undefined;
  const parts = expression.kind === 'list' ? expression.items : [expression];
  const words = parts.filter((part): part is Word => part.kind === 'word');
  const stray = parts.find((part) => part.kind !== 'word');
  if (stray) {
    const expected: ValueType = { kind: 'choice', choices: LAYER_CLASSES };
    if (stray.kind !== 'missing')
      resolver.report({ kind: 'wrong-type', span: stray.span, expected, found: 'another value' });
    return undefined;
  }
  const resolved = words.map((word) => layerWord(word, draft, resolver));
  return resolved.every((isResolved) => isResolved) ? words : undefined;
}

function layerWord(word: Word, draft: Draft, resolver: Resolver): boolean {
  if (LAYER_CLASSES.some((layerClass) => layerClass.name === word.text)) return true;
  const siblings = draft.parent?.children ?? [];
  const named = siblings.filter(
    (sibling) => (sibling.keyword === 'attention' || sibling.keyword === 'layer') && sibling.name !== undefined,
  );
  const sibling = named.find((candidate) => candidate.name === word.text);
  if (sibling) {
    resolver.refer(word, { kind: 'entity', entity: sibling });
    return true;
  }
  if (resolver.scope.block('layer', word.text)) return resolver.entity('layer', word) !== undefined;
  const classes = [...LAYER_CLASSES.map(({ name }) => name), ...named.flatMap((candidate) => candidate.name ?? [])];
  resolver.notInside(word, 'layer class', classes, 'layer');
  return false;
}

function readPlacement(node: PlacementNode, draft: Draft, { resolver, source }: Reading): void {
  const experts = indexesAt(node.experts, expertIndexes, resolver)?.value;
  const layers = node.layers && indexesAt(node.layers, layerIndexes, resolver)?.value;
  const gpus = indexesAt(node.gpus, gpuIndexes, resolver)?.value;
  if (!experts || !gpus || (node.layers && !layers)) {
    draft.incomplete = true;
    draft.rejected.add(node.experts);
    return;
  }
  draft.placements.push({ experts, ...(layers && { layers }), gpus, node, uri: source.uri });
}

/** Required properties that are neither set nor inherited. */
function reportMissing(draft: Draft, isAttempted: (name: string) => boolean, reading: Reading): void {
  const numberOf = (name: string) => {
    const value = draft.properties.get(name)?.value;
    return value?.kind === 'quantity' ? value.value : undefined;
  };
  const missing = draft.spec.properties.filter(
    ({ name, required }) =>
      required && !draft.properties.has(name) && !isAttempted(name) && !(required !== true && required.holds(numberOf)),
  );
  if (missing.length === 0) return;
  reading.resolver.report({ kind: 'missing-property', node: draft.node, missing });
  draft.incomplete = true;
  for (const { name } of missing) draft.rejected.add(name);
}
