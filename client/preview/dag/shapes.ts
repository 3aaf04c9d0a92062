import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import type { Rectangle } from './camera.ts';

/**
 * The kind whose colours a node has. A closed group holds operations of several kinds, so it has the neutral colours of the
 * source.
 */
export function colorsAs({ kind, opens }: Pick<PreviewNode, 'kind' | 'opens'>): PreviewNode['kind'] {
  return opens === undefined ? kind : 'source';
}

/** Whether a node is drawn as a stack because it stands for several equal groups. */
export function isStack({ copies, opens }: Pick<PreviewNode, 'copies' | 'opens'>): boolean {
  return opens !== undefined && copies > 1;
}

/**
 * Traces the outline of a kind: rectangle, ellipse, parallelogram, or a pill for the ends. The SVG export has the same outlines.
 */
export function tracePath(path: Path2D, kind: PreviewNode['kind'], box: Rectangle, zoom: number): void {
  const { x, y, width, height } = box;
  switch (kind) {
    case 'communication':
      path.moveTo(x + width, y + height / 2);
      path.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
      return;
    case 'routing':
    case 'aggregation': {
      const slant = Math.min(14 * zoom, height / 3);
      path.moveTo(x + slant, y);
      path.lineTo(x + width, y);
      path.lineTo(x + width - slant, y + height);
      path.lineTo(x, y + height);
      path.closePath();
      return;
    }
    case 'source':
    case 'sink':
      path.roundRect(x, y, width, height, Math.min(height, width) / 2);
      return;
    default:
      path.roundRect(x, y, width, height, 5 * zoom);
  }
}

/** Traces a polyline with rounded corners. */
export function tracePolyline(path: Path2D, points: readonly number[], radius: number): void {
  const at = (index: number): readonly [number, number] => [points[2 * index] ?? 0, points[2 * index + 1] ?? 0];
  const count = points.length / 2;
  path.moveTo(...at(0));
  for (let index = 1; index < count - 1; index++) {
    const [x, y] = at(index);
    const [nextX, nextY] = at(index + 1);
    const [beforeX, beforeY] = at(index - 1);
    const room = Math.min(Math.hypot(nextX - x, nextY - y), Math.hypot(x - beforeX, y - beforeY)) / 2;
    path.arcTo(x, y, nextX, nextY, Math.min(radius, room));
  }
  path.lineTo(...at(count - 1));
}

/** Traces the tip of an arrow at the end of a polyline. */
export function traceTip(path: Path2D, points: readonly number[], size: number): void {
  const [fromX = 0, fromY = 0, x = 0, y = 0] = points.slice(-4);
  const angle = Math.atan2(y - fromY, x - fromX);
  path.moveTo(x, y);
  path.lineTo(x - size * Math.cos(angle - 0.42), y - size * Math.sin(angle - 0.42));
  path.lineTo(x - size * Math.cos(angle + 0.42), y - size * Math.sin(angle + 0.42));
  path.closePath();
}
