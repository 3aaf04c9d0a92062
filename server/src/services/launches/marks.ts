import type { Location, Span } from '../../language/span.ts';
import type { LaunchedPlan } from '../../launch/plan.ts';

const START: Span = { start: 0, end: 0 };

/** Statements that decide what a GPU holds. */
export const DEGREE = /^(?:tp|cp|dp|etp|ep|pp)\b/;

/**
 * The argument that says what stands at a place of the plan. What is told of a whole deployment or pool stands at its first degree,
 * or else at what was said before.
 */
export function placeInLaunch(span: Span, { plan }: LaunchedPlan, uri: string): Location {
  const inFile = plan.marks.flatMap((mark) => {
    const place = mark.from.find((location) => location.uri === uri);
    return place ? [{ span: mark.span, place }] : [];
  });
  const within = inFile.find((mark) => mark.span.start < span.end && span.start < mark.span.end);
  const degree = inFile.find(
    (mark) => mark.span.start >= span.start && DEGREE.test(plan.text.slice(mark.span.start, mark.span.end)),
  );
  const before = inFile.findLast((mark) => mark.span.start <= span.start);
  return (within ?? degree ?? before ?? inFile[0])?.place ?? { uri, span: START };
}
