import type { Camera } from './camera.ts';

/** Where a picture was left. */
export interface DagPlace {
  readonly camera: Camera;
  readonly selected?: string;
}

/** By the name of the picture: `folded NAME` or `detailed NAME`. */
export type DagPlaces = Readonly<Record<string, DagPlace>>;

/** The places that were saved. Entries of another form are left out. */
export function readPlaces(value: unknown): DagPlaces {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).flatMap(([key, place]: readonly [string, unknown]) => {
    const camera = readCamera(place);
    if (!camera || typeof place !== 'object' || place === null) return [];
    const selected = 'selected' in place && typeof place.selected === 'string' ? place.selected : undefined;
    return [[key, { camera, ...(selected !== undefined && { selected }) }] as const];
  });
  return Object.fromEntries(entries);
}

function readCamera(place: unknown): Camera | undefined {
  if (typeof place !== 'object' || place === null || !('camera' in place)) return undefined;
  const { camera } = place;
  if (typeof camera !== 'object' || camera === null || !('x' in camera && 'y' in camera && 'zoom' in camera))
    return undefined;
  const { x, y, zoom } = camera;
  return isNumber(x) && isNumber(y) && isNumber(zoom) && zoom > 0 ? { x, y, zoom } : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
