import { contains, type Picture, type PictureGroup, type PictureNode } from './picture.ts';

/** The picture as a tree: what lies in what, in reading order. */
export type OutlineItem =
  | { readonly kind: 'group'; readonly id: string; readonly label: string; readonly items: readonly OutlineItem[] }
  | { readonly kind: 'node'; readonly id: string; readonly placed: PictureNode };

interface Draft {
  readonly group: PictureGroup;
  readonly items: (Draft | PictureNode)[];
}

/** Stages and layers with the nodes inside their frames; lanes of GPUs cross them and are no groups of the tree. */
export function outlineOf(picture: Picture): readonly OutlineItem[] {
  const drafts: Draft[] = picture.groups
    .filter(({ group }) => group.kind !== 'gpu')
    .toSorted((a, b) => b.width * b.height - a.width * a.height)
    .map((group) => ({ group, items: [] }));
  const top: (Draft | PictureNode)[] = [];
  const holderOf = (x: number, y: number, before: number) =>
    drafts.findLast(({ group }, index) => index < before && contains(group, x, y))?.items ?? top;
  for (const [index, draft] of drafts.entries()) {
    const { x, y, width, height } = draft.group;
    holderOf(x + width / 2, y + height / 2, index).push(draft);
  }
  for (const node of picture.nodes)
    holderOf(node.x + node.width / 2, node.y + node.height / 2, drafts.length).push(node);
  return ordered(top, picture.ranks);
}

function ordered(items: readonly (Draft | PictureNode)[], ranks: readonly number[]): readonly OutlineItem[] {
  const firstRank = (item: Draft | PictureNode): number =>
    'index' in item ? (ranks[item.index] ?? 0) : Math.min(...item.items.map(firstRank));
  return items
    .map((item) => ({ item, rank: firstRank(item) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }): OutlineItem => {
      if ('index' in item) return { kind: 'node', id: item.node.id, placed: item };
      const { id, label } = item.group.group;
      return { kind: 'group', id, label, items: ordered(item.items, ranks) };
    });
}
