import { locationOfTarget, type Target } from '../language/analysis.ts';
import type { Location } from '../language/span.ts';
import type { Analysis } from './analysis.ts';
import { targetAt } from './definition.ts';
import { placeAt } from './place.ts';

/** Every use of the name at the offset in the files of this analysis, with its definition first when asked for. */
export function references(analysis: Analysis, offset: number, withDefinition: boolean): readonly Location[] {
  const place = placeAt(analysis, offset);
  const target = place && targetAt(analysis, place);
  return target ? usesOf(analysis, target, withDefinition) : [];
}

export function usesOf(analysis: Analysis, target: Target, withDefinition: boolean): readonly Location[] {
  const uses = analysis.program.references
    .filter((reference) => nodeOf(reference.target) === nodeOf(target))
    .map(({ uri, span }): Location => ({ uri, span }));
  return withDefinition ? [locationOfTarget(target), ...uses] : uses;
}

function nodeOf(target: Target): unknown {
  return target.kind === 'let' ? target.constant.node : target.entity.node;
}
