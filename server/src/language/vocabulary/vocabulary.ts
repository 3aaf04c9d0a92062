import { DEPLOYMENT_BLOCKS } from './deployment.ts';
import { HARDWARE_BLOCKS } from './hardware.ts';
import { MODEL_BLOCKS } from './model.ts';
import { SEARCH_BLOCKS } from './search.ts';
import type { BlockSpec, PropertySpec } from './spec.ts';

/** Every block of the language, declared once. Parser, checks, completion, hover, reference and grammar read it. */
export const VOCABULARY: readonly BlockSpec[] = [
  ...MODEL_BLOCKS,
  ...HARDWARE_BLOCKS,
  ...DEPLOYMENT_BLOCKS,
  ...SEARCH_BLOCKS,
];

/** Statements that are not blocks. */
export const STATEMENT_KEYWORDS = ['import', 'let', 'compare', 'expert'] as const;

const byParent = new Map<string, Map<string, BlockSpec>>();
for (const block of VOCABULARY) {
  for (const parent of block.parents) {
    const children = byParent.get(parent) ?? new Map<string, BlockSpec>();
    byParent.set(parent, children.set(block.keyword, block));
  }
}

const propertiesOf = new Map<BlockSpec, Map<string, PropertySpec>>(
  VOCABULARY.map((block) => [block, new Map(block.properties.map((property) => [property.name, property]))]),
);

/** The block that `keyword` opens inside `parent` (`file` at the top level). */
export function blockSpec(parent: string, keyword: string): BlockSpec | undefined {
  return byParent.get(parent)?.get(keyword);
}

export function childBlocks(parent: string): readonly BlockSpec[] {
  return [...(byParent.get(parent)?.values() ?? [])];
}

export function propertySpec(block: BlockSpec, name: string): PropertySpec | undefined {
  return propertiesOf.get(block)?.get(name);
}

const keywords: ReadonlySet<string> = new Set(VOCABULARY.map((block) => block.keyword));

/** True for a word that opens a block somewhere. */
export function isBlockKeyword(word: string): boolean {
  return keywords.has(word);
}

/** The blocks with this keyword. There is one for each keyword unless it means different things in different parents. */
export function blocksNamed(keyword: string): readonly BlockSpec[] {
  return VOCABULARY.filter((block) => block.keyword === keyword);
}
