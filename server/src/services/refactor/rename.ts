import { locationOfTarget, type Target } from '../../language/analysis.ts';
import type { TextEdit } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { tokenize } from '../../language/lexer.ts';
import type { Span } from '../../language/span.ts';
import type { Analysis } from '../analysis.ts';
import { targetAt } from '../navigation/definition.ts';
import { type Importers, targetOf, usesOf } from '../navigation/references.ts';
import { definedAt, placeAt } from '../place.ts';

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
 * Edits that rename a block, stage, pool or constant in this file, the files it imports and `importers`, which see its
 * definition.
 */
export function rename(analysis: Analysis, offset: number, name: string, importers: Importers = []): RenameResult {
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
  const other = [analysis, ...importers].map((file) => takenBy(file, target, name)).find(Boolean);
  if (other) return { refused: `there is a ${other} \`${name}\` already` };
  return { edits: usesOf(analysis, target, true, importers).map((use) => ({ ...use, text: name })) };
}

/** The siblings of a block, including itself. */
function besideOf(entities: readonly Entity[], entity: Entity): readonly Entity[] | undefined {
  if (entities.some(({ node }) => node === entity.node)) return entities;
  for (const { children } of entities) {
    const beside = besideOf(children, entity);
    if (beside) return beside;
  }
  return undefined;
}

/** What else would then have the name: another block of the kind beside this one, or another constant. */
function takenBy({ program }: Analysis, target: Target, name: string): string | undefined {
  if (target.kind === 'let') {
    const { node } = target.constant;
    return program.lets.some((constant) => constant.name === name && constant.node !== node) ? 'constant' : undefined;
  }
  const { entity } = target;
  const beside = besideOf(program.entities, entity) ?? [];
  const isCatalog = ({ uri }: Entity) => program.analyses.get(uri)?.isCatalog === true;
  const isTaken = beside.some(
    (candidate) =>
      candidate.name === name &&
      candidate.keyword === entity.keyword &&
      candidate.node !== entity.node &&
      !isCatalog(candidate),
  );
  return isTaken ? entity.keyword : undefined;
}
