import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Folds } from '../../../server/src/services/preview/protocol.ts';
import type { Rectangle } from './camera.ts';
import { contains, type Picture, type PictureGroup, type PictureNode } from './picture.ts';

export const NO_FOLDS: Folds = { opened: [], closed: [] };

/** What is opened and closed after a switch is pressed. */
export function pressed({ opened, closed }: Folds, { id, open }: FoldSwitch): Folds {
  const without = (ids: readonly string[]) => ids.filter((other) => other !== id);
  return open
    ? { opened: without(opened), closed: [...without(closed), id] }
    : { opened: [...without(opened), id], closed: without(closed) };
}

export function isNothing({ opened, closed }: Folds): boolean {
  return opened.length === 0 && closed.length === 0;
}

export function isSame(a: Folds, b: Folds): boolean {
  return equal(a.opened, b.opened) && equal(a.closed, b.closed);
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((leftId, index) => leftId === b[index]);
}

export interface OfferedFold {
  readonly fold: FoldSwitch;
  /** The group that it belongs to, as a reader calls it: `Stage front`. */
  readonly of: string;
}

/** Everything that can be opened or closed at a node: first the node itself, then the groups around it from the inside out. */
export function foldsAt(picture: Picture, placed: PictureNode): readonly OfferedFold[] {
  const { node, ...box } = placed;
  const ownFold: OfferedFold[] =
    node.opens === undefined ? [] : [{ fold: { id: node.opens, label: 'its parts', open: false }, of: node.label }];
  return [...ownFold, ...groupsAround(picture, box).flatMap(({ group }) => offered(group))];
}

function offered({ label, switches = [] }: PictureGroup['group']): readonly OfferedFold[] {
  return switches.map((fold) => ({ fold, of: label }));
}

function groupsAround(picture: Picture, { x, y, width, height }: Rectangle): readonly PictureGroup[] {
  return picture.groups
    .filter((group) => contains(group, x + width / 2, y + height / 2))
    .toSorted((a, b) => a.width * a.height - b.width * b.height);
}

/** Ids of what keeps its place when a switch is pressed: what the switch belongs to, or else the stage around it. */
export function anchorsOf({ id }: FoldSwitch): readonly string[] {
  const key = id.slice(id.indexOf(' ') + 1);
  const outer = key.slice(0, key.lastIndexOf('/'));
  return [id, `layer ${key}`, `stage ${key}`, `stage ${outer}`];
}
