import type { Reported } from '../analysis.ts';
import type { Fix, Rule } from '../diagnostic.ts';
import type { ProblemOf } from '../problems.ts';
import { PREFERRED_UNITS, UNITS } from '../units.ts';
import { enumerate, exampleValue } from '../vocabulary/describe.ts';
import type { PropertySpec } from '../vocabulary/spec.ts';
import { fix, problemsOf } from './run.ts';

/**
 * A value needs a unit and has none.
 *
 * `memory = 80` could be GiB or GB, and `latency = 8` milliseconds or seconds. A unit is never guessed.
 *
 * ## Not so
 * ```moeplan
 * workload long-batch {
 *   sequences = 128
 *   length    = 10_000
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload long-batch {
 *   sequences = 128
 *   length    = 10_000 tokens
 * }
 * ```
 *
 * ## How to fix it
 * Write the unit; the quick fixes insert the usual ones. A constant can carry its unit: `let context = 8192 tokens`.
 */
export const missingUnit: Rule<Reported> = {
  name: 'missing-unit',
  family: 'syntax',
  severity: 'error',
  summary: 'A value needs a unit and has none.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const problem of problemsOf(analysis, 'missing-unit')) {
      const { property, span } = problem;
      const units = preferred(problem);
      const name = property ? `\`${property.name}\`` : 'this value';
      const example = property
        ? ` in ${enumerate(units.slice(0, 2), 'or')}, for example \`${exampleValue(property)}\``
        : ` in ${enumerate(units.slice(0, 2), 'or')}`;
      report({ uri, span, message: `${name} needs a unit: write it${example}`, fixes: fixesFor(uri, problem, units) });
    }
  },
};

/** The usual units of the dimension, beginning with the unit of the property's example. */
function preferred({ dimension, property }: ProblemOf<'missing-unit'>): readonly string[] {
  const units = PREFERRED_UNITS[dimension];
  const usual = property && unitOfExample(property);
  return usual !== undefined && units.includes(usual) ? [usual, ...units.filter((unit) => unit !== usual)] : units;
}

function unitOfExample(property: PropertySpec): string | undefined {
  const unit = /\S+$/.exec(property.example)?.[0] ?? '';
  return UNITS.has(unit) ? unit : undefined;
}

function fixesFor(uri: string, { literal, dimension }: ProblemOf<'missing-unit'>, units: readonly string[]): Fix[] {
  if (!literal) return [];
  const end = { start: literal.span.end, end: literal.span.end };
  const blank = dimension === 'fraction' ? '' : ' ';
  return units.slice(0, 3).map((unit, at) => ({
    ...fix(`Insert \`${unit}\``, uri, end, `${blank}${unit}`, at === 0),
    // If a dimension has only one unit, that unit is certainly meant.
    ...(units.length === 1 && dimension !== 'fraction' && { isCertain: true }),
  }));
}
