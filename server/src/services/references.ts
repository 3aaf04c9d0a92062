import { locationOfTarget, type Target } from '../language/analysis.ts';
import type { Location } from '../language/span.ts';
import type { Analysis } from './analysis.ts';
import { targetAt } from './definition.ts';
import { placeAt } from './place.ts';

/** Every use of the name at the offset in the files of this analysis, with its definition first when asked for. */
export function references(analysis: Analysis, offset: number, withDefinition: boolean): readonly Location[] {
  const target = targetOf(analysis, offset);
  return target ? usesOf(analysis, target, withDefinition) : [];
}

/** What the name at the offset stands for. */
export function targetOf(analysis: Analysis, offset: number): Target | undefined {
  const place = placeAt(analysis, offset);
  return place && targetAt(analysis, place);
}

/** Every use in a file of what another file defines: for files that the other one knows nothing of. */
export function usesInFile({ program, uri }: Analysis, target: Target): readonly Location[] {
  const references = program.analyses.get(uri)?.references ?? [];
  return references
    .filter((reference) => nodeOf(reference.target) === nodeOf(target))
    .map(({ span }): Location => ({ uri, span }));
}

export function nameOf(target: Target): string {
  return target.kind === 'let' ? target.constant.name : (target.entity.name ?? '');
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
