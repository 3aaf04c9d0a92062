import { firstNotBelow } from './halving.ts';
import { touches } from './span.ts';
import type { Expression, Item, Tree } from './tree.ts';

export type Node = Item | Expression;

/** The parts of a node in the order of the text. */
export function childNodes(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'block':
      return present([node.keyword, node.name, node.from, node.base]).sort(byStart).concat(node.items);
    case 'property':
      return present([node.key, node.value, node.tolerance]);
    case 'entry':
      return [node.range, node.value];
    case 'edge':
      return node.path;
    case 'placement':
      return present([node.keyword, node.experts, node.layers, node.gpus]);
    case 'import':
      return [node.path];
    case 'let':
      return [node.name, node.value];
    case 'compare':
      return [node.keyword, ...node.names, ...node.items];
    case 'range':
      return present([node.from, node.to, node.by]);
    case 'list':
      return node.items;
    case 'application':
      return [node.word, node.argument];
    case 'binary':
      return [node.left, node.right];
    case 'negative':
      return [node.operand];
    case 'number':
      return present([node.unit]);
    case 'word':
    case 'string':
    case 'missing':
      return [];
  }
}

/** The nodes around an offset, outermost first. At a border between two nodes, the one that ends there counts. */
export function nodesAt(tree: Tree, offset: number): Node[] {
  const path: Node[] = [];
  let nodes: readonly Node[] = tree.items;
  for (;;) {
    const next = firstTouching(nodes, offset);
    if (!next) return path;
    path.push(next);
    // A block may hold thousands of statements, so its items are searched in place.
    nodes = next.kind === 'block' && next.body.start < offset ? next.items : childNodes(next);
  }
}

/** The first node that touches an offset, found by halving. The nodes are in the order of the text. */
function firstTouching(nodes: readonly Node[], offset: number): Node | undefined {
  const candidate = nodes[firstNotBelow(nodes.length, (index) => nodes[index]?.span.end ?? offset, offset)];
  return candidate && touches(candidate.span, offset) ? candidate : undefined;
}

/** Calls back for every node, parents before their parts. */
export function walk(tree: Tree, visit: (node: Node) => void): void {
  const waiting: Node[] = [...tree.items].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    visit(node);
    for (const child of [...childNodes(node)].reverse()) waiting.push(child);
  }
}

function present(nodes: readonly (Node | undefined)[]): Node[] {
  return nodes.filter((node) => node !== undefined);
}

function byStart(left: Node, right: Node): number {
  return left.span.start - right.span.start;
}
