import type { Diagnostic, Fix } from './diagnostic.ts';
import type { Location } from './span.ts';

/** Every place that a finding names, in the order in which `movedFinding` moves them. */
export function placesOf({ uri, span, related = [], fixes = [] }: Diagnostic): Location[] {
  return [{ uri, span }, ...related, ...fixes.flatMap(({ edits }) => edits)];
}

/** A finding whose places have moved in the text, each by its own distance. */
export function movedFinding(diagnostic: Diagnostic, distanceOf: (place: number) => number): Diagnostic {
  let next = 0;
  const move = <Place extends Pick<Location, 'span'>>(place: Place): Place => {
    const by = distanceOf(next++);
    return { ...place, span: { start: place.span.start + by, end: place.span.end + by } };
  };
  const moved = move(diagnostic);
  const related = diagnostic.related?.map(move);
  const fixes = diagnostic.fixes?.map((fix): Fix => ({ ...fix, edits: fix.edits.map(move) }));
  return { ...moved, ...(related && { related }), ...(fixes && { fixes }) };
}
