import type { Span } from '../../language/span.ts';
import type { Analysis } from '../analysis.ts';
import { targetAt } from '../navigation/definition.ts';
import { usesOf } from '../navigation/references.ts';
import { placeAt } from '../place.ts';

/** Blocks whose names can be used only inside their own deployment or layer. */
const LOCAL: ReadonlySet<string> = new Set(['stage', 'pool', 'operator']);

/**
 * Places that change together while one of them is typed: the name of a stage, pool or operator and its uses in arrows.
 * Names that other files may use are left to rename, which finds those uses.
 */
export function linkedRanges(analysis: Analysis, offset: number): readonly Span[] {
  const place = placeAt(analysis, offset);
  const target = place && targetAt(analysis, place);
  if (target?.kind !== 'entity' || !LOCAL.has(target.entity.keyword) || target.entity.uri !== analysis.uri) return [];
  const uses = usesOf(analysis, target, true);
  const isHere = uses.every(({ uri }) => uri === analysis.uri);
  const spans = uses.map(({ span }) => span);
  return isHere && spans.length > 1 ? spans : [];
}
