import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Rectangle } from './camera.ts';
import { isMachine } from './machineCells.ts';
import type { Picture, PictureGroup, PictureNode } from './picture.ts';
import { SpatialIndex } from './spatial.ts';

/** The picture as a tree of groups and nodes, in reading order. */
export type OutlineItem =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly label: string;
      readonly switches: readonly FoldSwitch[];
      readonly items: readonly OutlineItem[];
    }
  | { readonly kind: 'node'; readonly id: string; readonly placed: PictureNode };

interface Draft {
  readonly group: PictureGroup;
  readonly items: (Draft | PictureNode)[];
}

/** Stages and layers with the nodes inside their frames. Lanes of GPUs cross these frames, so they are no groups of the tree. */
export function outlineOf(picture: Picture): readonly OutlineItem[] {
  const drafts: Draft[] = picture.groups
    .filter(({ group }) => group.kind !== 'gpu')
    .toSorted((a, b) => b.width * b.height - a.width * a.height)
    .map((group) => ({ group, items: [] }));
  const top: (Draft | PictureNode)[] = [];
  const byPlace = new SpatialIndex(
    Float32Array.from(drafts.flatMap(({ group: { x, y, width, height } }) => [x, y, width, height])),
  );
  const holderOf = ({ x, y, width, height }: Rectangle, before: number) => {
    const groupsAround = byPlace.within({ x: x + width / 2, y: y + height / 2, width: 0, height: 0 });
    return drafts[groupsAround.findLast((index) => index < before) ?? -1]?.items ?? top;
  };
  for (const [index, draft] of drafts.entries()) holderOf(draft.group, index).push(draft);
  for (const node of picture.nodes) holderOf(node, drafts.length).push(node);
  return ordered(top, picture.ranks);
}

/** In the order of the flow. What is outside of it, as the parts of machines, follows as it is read: by rows. */
function ordered(items: readonly (Draft | PictureNode)[], ranks: readonly number[]): readonly OutlineItem[] {
  const firstRank = (item: Draft | PictureNode): number =>
    'index' in item
      ? isMachine(item.node)
        ? Number.POSITIVE_INFINITY
        : (ranks[item.index] ?? 0)
      : item.items.reduce((least, child) => Math.min(least, firstRank(child)), Number.POSITIVE_INFINITY);
  return items
    .map((item) => ({ item, rank: firstRank(item) }))
    .toSorted((a, b) => (a.rank === b.rank ? byRows(a.item, b.item) : a.rank - b.rank))
    .map(({ item }): OutlineItem => {
      if ('index' in item) return { kind: 'node', id: item.node.id, placed: item };
      const { id, label, switches = [] } = item.group.group;
      return { kind: 'group', id, label, switches, items: ordered(item.items, ranks) };
    });
}

function byRows(first: Draft | PictureNode, second: Draft | PictureNode): number {
  const [a, b] = [first, second].map((item) => ('index' in item ? item : item.group));
  if (!a || !b || !(isOfMachine(first) && isOfMachine(second))) return 0;
  return a.y - b.y || a.x - b.x;
}

function isOfMachine(item: Draft | PictureNode): boolean {
  return 'index' in item ? isMachine(item.node) : item.group.group.kind === 'node';
}
