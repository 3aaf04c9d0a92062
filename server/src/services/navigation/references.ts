import { locationOfTarget, type Target } from '../../language/analysis.ts';
import { locationOfEntity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import type { Analysis } from '../analysis.ts';
import { placeAt } from '../place.ts';
import { variedPools } from '../search/varied.ts';
import { targetAt } from './definition.ts';

/** Analyses of the files that see the file of the name's definition. Empty when only one document is known. */
export type Importers = readonly Analysis[];

/**
 * Every use of the name at the offset, in the files of this analysis and in those that see its definition. On request the
 * definition comes first.
 */
export function references(
  analysis: Analysis,
  offset: number,
  withDefinition: boolean,
  importers: Importers = [],
): readonly Location[] {
  const target = targetOf(analysis, offset);
  return target ? usesOf(analysis, target, withDefinition, importers) : [];
}

/** What the name at the offset refers to. */
export function targetOf(analysis: Analysis, offset: number): Target | undefined {
  const place = placeAt(analysis, offset);
  return place && targetAt(analysis, place);
}

export function usesOf(
  analysis: Analysis,
  target: Target,
  withDefinition: boolean,
  importers: Importers = [],
): readonly Location[] {
  const definition = locationOfTarget(target);
  const uses = new Map<string, Location>();
  for (const { program } of [analysis, ...importers]) {
    for (const { uri, span, target: used } of program.references) {
      if (isSame(locationOfTarget(used), definition)) uses.set(`${uri} ${span.start}`, { uri, span });
    }
    for (const { at, pool } of variedPools(program))
      if (isSame(locationOfEntity(pool), definition)) uses.set(`${at.uri} ${at.span.start}`, at);
  }
  return withDefinition ? [definition, ...uses.values()] : [...uses.values()];
}

function isSame(left: Location, right: Location): boolean {
  return left.uri === right.uri && left.span.start === right.span.start && left.span.end === right.span.end;
}
