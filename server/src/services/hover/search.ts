import type { BlockNode } from '../../language/tree.ts';
import { type Markdown, md, paragraphs } from '../../text/markdown.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { searchSentences, sizeText } from '../search/describe.ts';
import { readSearch } from '../search/read.ts';

/** Layouts that are counted while somebody waits for a hover. */
const MOST_COUNTED = 20_000;

/** What a search asks for, what it tries, and how many plans that is at most. Nothing is searched for it. */
export function searchHover(analysis: Analysis, node: BlockNode): Markdown | undefined {
  const entity = entityOfBlock(analysis, node);
  const read = entity && readSearch(analysis, entity);
  if (!read || !('space' in read)) return undefined;
  return paragraphs(
    ...searchSentences(read).map((sentence) => md`${sentence}`),
    md`That is ${sizeText(read.space, MOST_COUNTED)}.`,
  );
}
