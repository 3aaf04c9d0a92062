import { closest, type Picture, type PictureNode } from './picture.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where an arrow key leads: right and left follow edges, up and down go to the neighbour in the same column. */
export function step(picture: Picture, from: PictureNode, direction: Direction): PictureNode | undefined {
  const x = from.x + from.width / 2;
  const y = from.y + from.height / 2;
  switch (direction) {
    case 'right':
      return nearestColumn(picture.after(from), y, (node) => node.x) ?? undefined;
    case 'left':
      return nearestColumn(picture.before(from), y, (node) => -(node.x + node.width));
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

/** Of several ends of edges the nearest column, and in it the nearest lane: residual edges do not jump ahead. */
function nearestColumn(
  nodes: readonly PictureNode[],
  y: number,
  distance: (node: PictureNode) => number,
): PictureNode | undefined {
  return nodes.toSorted(
    (a, b) => distance(a) - distance(b) || Math.abs(a.y + a.height / 2 - y) - Math.abs(b.y + b.height / 2 - y),
  )[0];
}
