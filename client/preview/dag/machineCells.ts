import type { Palette } from '../../../server/src/graph/palette.ts';
import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import type { Rectangle } from './camera.ts';
import type { Picture } from './picture.ts';

/** Whether a node is a part of machines. Such a node is no operation: it takes no time and has no shapes. */
export function isMachine({ kind }: Pick<PreviewNode, 'kind'>): boolean {
  return kind === 'gpu' || kind === 'network';
}

/** Fills the cell of a GPU with what it holds, from the bottom up, in the colours of the memory bars. */
export function fillCell(
  context: CanvasRenderingContext2D,
  palette: Palette,
  parts: NonNullable<PreviewNode['filled']>,
  box: Rectangle,
): void {
  const line = box.width > 12 ? 2 : 1;
  const [left, width] = [box.x + line, box.width - 2 * line];
  const room = box.height - 2 * line;
  let bottom = box.y + box.height - line;
  for (const [name, share] of parts) {
    const height = room * share;
    context.fillStyle = palette.memory[name];
    context.fillRect(left, bottom - height, width, height);
    bottom -= height;
  }
}

/** Names of the pools of a picture's nodes. */
export function poolsOf(nodes: readonly PreviewNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ pool }) => (pool === undefined ? [] : [pool])))];
}

/** A picture of machines in words, in the order in which it is read: each pool with its links, then what goes on from it. */
export function toldOf({ nodes, groups, ranks }: Picture): string {
  const links = nodes.filter(({ node }) => node.kind === 'network');
  const sentences = nodes
    .filter(({ node }) => !isMachine(node))
    .toSorted((a, b) => (ranks[a.index] ?? 0) - (ranks[b.index] ?? 0))
    .map(({ node }) => {
      const frame = groups.find(({ group }) => node.opens !== undefined && group.id === `machines ${node.pool}`);
      if (!frame) return `${[node.label, ...node.lines].join(', ')}.`;
      const sent = links.filter((link) => link.node.pool === node.pool).map((link) => link.node.label);
      return `${[frame.group.label, ...sent].join('. ')}.`;
    });
  return sentences.join(' ');
}
