import { expect, test } from 'vitest';
import { parse } from '../../server/src/language/parser.ts';
import { touches } from '../../server/src/language/span.ts';
import type { Tree } from '../../server/src/language/tree.ts';
import { childNodes, type Node, nodesAt } from '../../server/src/language/walk.ts';
import { corpus } from '../services/editor/support.ts';

/** The nodes around an offset, sought one after the other. */
function sought(tree: Tree, offset: number): readonly Node[] {
  const path: Node[] = [];
  let nodes: readonly Node[] = tree.items;
  for (;;) {
    const next = nodes.find((node) => touches(node.span, offset));
    if (!next) return path;
    path.push(next);
    nodes = childNodes(next);
  }
}

test('the nodes around every place of every text are the first that touch it', () => {
  for (const [name, text] of corpus()) {
    // Every text also cut short, as it stands while it is typed.
    for (const end of [text.length, Math.floor(text.length / 2), Math.floor(text.length / 3)]) {
      const tree = parse(text.slice(0, end));
      for (let offset = 0; offset <= end; offset += text.length > 5_000 ? 13 : 1) {
        const [found, expected] = [nodesAt(tree, offset), sought(tree, offset)];
        if (found.length !== expected.length || found.some((node, at) => node !== expected[at]))
          expect(found, `${name} at ${offset}`).toEqual(expected);
      }
    }
  }
});
