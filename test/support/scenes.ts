import type { Box } from '../../server/src/graph/types.ts';

export const TOLERANCE = 0.01;

export function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x - TOLERANCE &&
    inner.y >= outer.y - TOLERANCE &&
    inner.x + inner.width <= outer.x + outer.width + TOLERANCE &&
    inner.y + inner.height <= outer.y + outer.height + TOLERANCE
  );
}

/** The first two nodes that cover one another: a sweep from left to right. */
export function overlap(nodes: readonly (Box & { readonly id: string })[]): string | undefined {
  const open: (Box & { readonly id: string })[] = [];
  for (const node of nodes.toSorted((left, right) => left.x - right.x)) {
    for (let index = open.length - 1; index >= 0; index--) {
      const other = open[index];
      if (!other) continue;
      if (other.x + other.width <= node.x + TOLERANCE) open.splice(index, 1);
      else if (other.y + other.height > node.y + TOLERANCE && node.y + node.height > other.y + TOLERANCE)
        return `${other.id} and ${node.id}`;
    }
    open.push(node);
  }
  return undefined;
}

/** Whether a polyline of horizontal and vertical parts enters a box. */
export function crosses(points: readonly number[], { x, y, width, height }: Box): boolean {
  for (let at = 0; at + 3 < points.length; at += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.slice(at, at + 4);
    const enters =
      Math.max(x0, x1) > x + 1 &&
      Math.min(x0, x1) < x + width - 1 &&
      Math.max(y0, y1) > y + 1 &&
      Math.min(y0, y1) < y + height - 1;
    if (enters) return true;
  }
  return false;
}
