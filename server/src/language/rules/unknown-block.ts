import type { Reported } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { MOST_SUGGESTIONS } from '../near.ts';
import { suggest } from '../suggest.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { blocksNamed, childBlocks, VOCABULARY } from '../vocabulary/vocabulary.ts';
import { blockMeant } from '../vocabulary/words/index.ts';
import { didYouMean, fix, problemsOf } from './run.ts';

/**
 * A block starts with a keyword that the language does not have.
 *
 * What stands in such a block is not read, so the plan lacks it: a mistyped `parallel` would leave a deployment
 * without its degrees of parallelism.
 *
 * ## Not so
 * ```moeplan
 * clutser two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 * ```
 *
 * ## How to fix it
 * Write the keyword that was meant. Where one is close, the message names it and the quick fix writes it; otherwise
 * the message lists the blocks that may stand at this place.
 */
export const unknownBlock: Rule<Reported> = {
  name: 'unknown-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block has a keyword that the language does not know.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, parent } of problemsOf(analysis, 'unknown-block')) {
      const { text, span } = node.keyword;
      const possibleBlocks = childBlocks(parent).map((block) => block.keyword);
      const opening = blockMeant(text);
      const [keyword = '', name] = opening?.split(' ') ?? [];
      if (opening !== undefined) {
        const isHere = possibleBlocks.includes(keyword);
        const homes = blocksNamed(keyword).flatMap(({ parents }) => parents);
        const whereItStands = isHere ? '' : `, and stands ${placesOf(homes)}`;
        const takesName = name !== undefined || blocksNamed(keyword)[0]?.naming === 'none' || node.name !== undefined;
        report({
          uri,
          span,
          message: `\`${text}\` is \`${opening} { }\` here${whereItStands}`,
          fixes: isHere && takesName ? [fix(`Write \`${opening}\``, uri, span, opening)] : [],
        });
        continue;
      }
      const meant =
        suggest(text, possibleBlocks) ??
        suggest(
          text,
          VOCABULARY.map((block) => block.keyword),
        );
      const { hint, fixes } = didYouMean(uri, span, meant);
      const place = parent === 'file' ? 'at the top level' : `in \`${parent}\``;
      const shown = possibleBlocks.slice(0, MOST_SUGGESTIONS);
      const others =
        possibleBlocks.length > shown.length
          ? ` and ${possibleBlocks.length - shown.length} others, which completion names`
          : '';
      const choice =
        possibleBlocks.length > 0
          ? `; ${place} may stand ${enumerate(shown, 'or')}${others}`
          : `; \`${parent}\` holds no blocks`;
      report({ uri, span, message: `unknown block \`${text}\`${hint || choice}`, fixes });
    }
  },
};

function placesOf(parents: readonly string[]): string {
  const named = parents.filter((parent) => parent !== 'file');
  return [
    ...(parents.includes('file') ? ['at the top level'] : []),
    ...(named.length > 0 ? [`in ${enumerate([...new Set(named)], 'or')}`] : []),
  ].join(' or ');
}
