import type { Direction } from '../canvasKeys.ts';
import { isMachine } from './machineCells.ts';
import { closest, type Picture, type PictureNode } from './picture.ts';

/** The node that an arrow key leads to. Right and left follow edges, and go on in a row of GPUs, which have none; up and down go to the neighbour in the same column. */
export function step(picture: Picture, from: PictureNode, direction: Direction): PictureNode | undefined {
  const x = from.x + from.width / 2;
  const y = from.y + from.height / 2;
  if (isMachine(from.node) && (direction === 'left' || direction === 'right')) {
    const sign = direction === 'right' ? 1 : -1;
    const inRow = picture.nodes.filter(
      (node) =>
        isMachine(node.node) &&
        sign * (node.x + node.width / 2 - x) > 1 &&
        node.y < from.y + from.height &&
        from.y < node.y + node.height,
    );
    return closest(inRow, x, y);
  }
  switch (direction) {
    case 'right':
      return nearestStep(from, picture.after(from), (node) => picture.ranks[node.index] ?? 0);
    case 'left':
      return nearestStep(from, picture.before(from), (node) => -(picture.ranks[node.index] ?? 0));
    case 'up':
    case 'down': {
      const sign = direction === 'down' ? 1 : -1;
      const beside = picture.nodes.filter(
        (node) =>
          node !== from &&
          sign * (node.y + node.height / 2 - y) > 1 &&
          node.x < from.x + from.width &&
          from.x < node.x + node.width,
      );
      return closest(beside, x, y);
    }
  }
}

/**
 * Chooses one of several ends of edges. Nodes on the critical path are preferred if the start is on it. Then the nearest step
 * counts, so that residual edges do not jump ahead, and then the nearest lane.
 */
function nearestStep(
  from: PictureNode,
  candidates: readonly PictureNode[],
  distance: (node: PictureNode) => number,
): PictureNode | undefined {
  const critical = from.node.critical ? candidates.filter(({ node }) => node.critical) : [];
  const nodes = critical.length > 0 ? critical : candidates;
  const away = (node: PictureNode) => Math.abs(node.y + node.height / 2 - from.y - from.height / 2);
  return nodes.toSorted((a, b) => distance(a) - distance(b) || away(a) - away(b))[0];
}
