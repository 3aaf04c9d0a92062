import { locationOfTarget } from '../language/analysis.ts';
import type { TextEdit } from '../language/diagnostic.ts';
import { tokenize } from '../language/lexer.ts';
import type { Location, Span } from '../language/span.ts';
import type { Analysis } from './analysis.ts';
import { targetAt } from './definition.ts';
import { definedAt, placeAt } from './place.ts';
import { targetOf, usesOf } from './references.ts';

export type RenameResult = { readonly edits: readonly TextEdit[] } | { readonly refused: string };

/** The span of the name that would be renamed, or why it cannot be. */
export function prepareRename(
  analysis: Analysis,
  offset: number,
): { readonly span: Span } | { readonly refused: string } {
  const place = placeAt(analysis, offset);
  const target = place && targetAt(analysis, place);
  if (!place || !target) return { refused: 'there is no name here that could be renamed' };
  const { uri } = locationOfTarget(target);
  if (analysis.program.analyses.get(uri)?.isCatalog) {
    return { refused: 'the name belongs to the catalogue; write a block of your own with `extends` to rename it' };
  }
  return { span: place.reference?.span ?? definedAt(place)?.span ?? place.node.span };
}

/**
 * Edits that rename a block, stage, pool or constant wherever this analysis sees it, and in `others`: uses in files that
 * this one knows nothing of.
 */
export function rename(
  analysis: Analysis,
  offset: number,
  name: string,
  others: readonly Location[] = [],
): RenameResult {
  const prepared = prepareRename(analysis, offset);
  if ('refused' in prepared) return prepared;
  const tokens = tokenize(name);
  if (tokens.length !== 1 || tokens[0]?.kind !== 'word' || tokens[0].end !== name.length) {
    return {
      refused: `\`${name}\` is no name: write one word of letters, digits, \`-\`, \`.\` and \`_\`, and no number`,
    };
  }
  const target = targetOf(analysis, offset);
  if (!target) return { edits: [] };
  return { edits: [...usesOf(analysis, target, true), ...others].map(({ uri, span }) => ({ uri, span, text: name })) };
}
