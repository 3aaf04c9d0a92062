import type { BlockNode } from '../../language/tree.ts';
import type { BlockSpec, PropertySpec } from '../../language/vocabulary/spec.ts';
import { childBlocks } from '../../language/vocabulary/vocabulary.ts';
import { DIALECT_NAMES, DIALECTS, type ForeignRow, plainWord } from '../../language/vocabulary/words/foreign.ts';
import { BLOCK_WORDS, blockMeant, isForeignWord, wordsFor } from '../../language/vocabulary/words/index.ts';
import { specOf } from '../place.ts';
import { anyOf, type CompletionItem } from './item.ts';

/** After everything that is named in our own words. */
const ORDER = 700;

/**
 * Our words for those of another tool that are being typed, in the block itself or in one that it may contain. An editor
 * filters by what is typed, so each item carries the foreign word for every spelling. An item whose own name begins with the
 * typed text is in the list by that name: see `alsoForeign`.
 */
export function foreignItems(
  blocks: readonly BlockNode[],
  typed: string,
  item: (property: PropertySpec) => CompletionItem,
): readonly CompletionItem[] {
  const wanted = plainWord(typed);
  const spec = specOf(blocks);
  if (wanted === '' || (blocks.length > 0 && !spec)) return [];
  const written = new Set(
    blocks
      .at(-1)
      ?.items.flatMap((statement) =>
        statement.kind === 'property'
          ? [statement.key.text]
          : statement.kind === 'block'
            ? [statement.keyword.text]
            : [],
      ),
  );
  const properties = (spec?.properties ?? []).flatMap((property) =>
    written.has(property.name) || property.name.startsWith(wanted)
      ? []
      : offered(spec, property, typed, () => item(property)),
  );
  const children = childBlocks(spec?.keyword ?? 'file')
    .filter((child) => child.naming === 'none' && !written.has(child.keyword))
    .flatMap((child) =>
      child.properties.flatMap((property) => {
        const inside = () => {
          const inner = item(property);
          return { ...inner, insert: `${child.keyword} { ${inner.insert} }` };
        };
        return offered(child, property, typed, inside, `, in ${child.keyword}`);
      }),
    );
  return [...properties, ...children];
}

/**
 * The item of a property whose name begins with the typed text. It also answers to foreign words that begin so: `gpu` to
 * `gpu-type`.
 */
export function alsoForeign(
  block: BlockSpec | undefined,
  property: PropertySpec,
  typed: string,
  item: CompletionItem,
): CompletionItem {
  const wanted = plainWord(typed);
  if (!block || wanted === '' || !property.name.startsWith(wanted)) return item;
  const foreign = foreignWords(block, property, wanted);
  return foreign.length === 0
    ? item
    : { ...item, filter: anyOf([property.name, ...foreign.map(({ word }) => spellings(word, typed))]) };
}

/** The block with this foreign name, when it may be written here. */
export function foreignBlocks(
  parent: string,
  typed: string,
  item: (block: BlockSpec) => CompletionItem,
): readonly CompletionItem[] {
  const wanted = plainWord(typed);
  const wordsOfBlocks = new Map<BlockSpec, string[]>();
  for (const word of Object.keys(BLOCK_WORDS)) {
    // A word that also means a property is offered as the property.
    const meant = wanted !== '' && word.startsWith(wanted) && !isForeignWord(word) ? blockMeant(word) : undefined;
    // `parallelism` and `deploy` begin like our own word and are found by that.
    const block = childBlocks(parent).find(
      ({ keyword }) => keyword === meant && !word.startsWith(keyword) && !keyword.startsWith(wanted),
    );
    if (block) wordsOfBlocks.set(block, [...(wordsOfBlocks.get(block) ?? []), word]);
  }
  return [...wordsOfBlocks].map(([block, words]) => ({
    ...item(block),
    detail: `\`${words[0]}\` elsewhere`,
    filter: anyOf(words.map((word) => spellings(word, typed))),
    order: ORDER,
  }));
}

function offered(
  block: BlockSpec | undefined,
  property: PropertySpec,
  typed: string,
  item: () => CompletionItem,
  where = '',
): readonly CompletionItem[] {
  if (!block) return [];
  const foreign = foreignWords(block, property, plainWord(typed));
  const [first] = foreign;
  if (!first) return [];
  return [
    {
      ...item(),
      detail: `\`${first.word}\`${sourcesOf(first.row, first.word)}${where}`,
      filter: anyOf(foreign.map(({ word }) => spellings(word, typed))),
      order: ORDER,
    },
  ];
}

function foreignWords(block: BlockSpec, property: PropertySpec, wanted: string): ReturnType<typeof wordsFor> {
  return wordsFor(block.keyword, property.name).filter(
    ({ word }) => plainWord(word).startsWith(wanted) && plainWord(word) !== property.name,
  );
}

function sourcesOf(row: ForeignRow, word: string): string {
  const names = DIALECTS.filter((dialect) => dialect !== 'spoken' && row.words[dialect]?.includes(word)).map(
    (dialect) => DIALECT_NAMES[dialect],
  );
  return names.length > 0 ? ` of ${names.join(', ')}` : '';
}

/**
 * What an editor filters a word by, once for all its spellings: it passes over the separator that is not typed, and over both in
 * `tensorParallelSize`. With a spelling each, letters of several would be put together: `par` would keep `prefill-latency`.
 */
function spellings(word: string, typed: string): string {
  return `${/^-*/.exec(typed)?.[0] ?? ''}${plainWord(word).replaceAll('-', '-_')}`;
}
