import type { Diagnostic } from '../../language/diagnostic.ts';
import { type Entity, locationOfEntity } from '../../language/entity.ts';
import { runRules } from '../../language/rules/run.ts';
import { PARTS, type PartResult, type SearchPlace } from '../../search/run.ts';
import { searchPart } from '../../search/search.ts';
import { together } from '../../search/tally.ts';
import type { Analysis } from '../analysis.ts';
import { SEARCH_RULES } from '../rules/index.ts';
import { readSearch } from './read.ts';
import { whyNone } from './reasons.ts';

/** Steps of a search after which nothing is said of a space in which no plan was found yet. */
const MOST_STEPS = 400;

/** Findings about a `search` block. It yields between pieces of work. */
export function* searchFindings(analysis: Analysis, entity: Entity): Generator<void, readonly Diagnostic[], void> {
  const read = readSearch(analysis, entity);
  const at = locationOfEntity(entity);
  if (!('space' in read)) return runRules(SEARCH_RULES, { entity, faults: read }, at);
  const { space, base } = read;
  if (!base.deployment) return [];
  const parts = yield* allFallen({ space, base, program: analysis.program, sides: new Map() });
  if (!parts) return [];
  const empty = whyNone(
    space,
    together(
      space.objective,
      parts.map(({ decided }) => decided),
    ),
  );
  return runRules(SEARCH_RULES, { entity, faults: [], empty }, at);
}

/** All parts of a space in which no plan holds. Undefined once one holds, or where that takes long to see. */
function* allFallen(place: SearchPlace): Generator<void, readonly PartResult[] | undefined, void> {
  const parts: PartResult[] = [];
  let steps = 0;
  for (let part = 0; part < PARTS; part++) {
    const run = searchPart(place, part);
    for (;;) {
      const step = run.next();
      if (step.done) {
        if (step.value.best.length > 0) return undefined;
        parts.push(step.value);
        break;
      }
      if (step.value.held > 0 || ++steps > MOST_STEPS) return undefined;
      yield;
    }
  }
  return parts;
}
