import type { SourceFile } from '../language/source.ts';
import type { BlockNode, Item, PropertyNode } from '../language/tree.ts';
import type { Analysis } from './analysis.ts';

/**
 * Every block of the document, in the order of the text. Each list has the blocks around it first and the block itself
 * last.
 */
export function nestedBlocks({ source }: Pick<Analysis, 'source'>): readonly (readonly BlockNode[])[] {
  const paths: (readonly BlockNode[])[] = [];
  const visit = (items: readonly Item[], around: readonly BlockNode[]) => {
    for (const item of items) {
      if (item.kind !== 'block') continue;
      const blocks = [...around, item];
      paths.push(blocks);
      visit(item.items, blocks);
    }
  };
  visit(source.tree.items, []);
  return paths;
}

/** The properties written in a block whose value could be read. */
export function propertiesIn(block: BlockNode): readonly PropertyNode[] {
  return block.items.filter((item): item is PropertyNode => item.kind === 'property' && item.value.kind !== 'missing');
}

/** Whether a block has both braces. The parser also accepts blocks that lack one. */
export function hasBraces({ text }: SourceFile, { body, closed }: BlockNode): boolean {
  return closed && body.end - body.start >= 2 && text[body.start] === '{' && text[body.end - 1] === '}';
}
