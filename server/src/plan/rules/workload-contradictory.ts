import type { Rule } from '../../language/diagnostic.ts';
import type { Entity, Property } from '../../language/entity.ts';
import { locationOfEntity, locationOfProperty } from '../../language/entity.ts';
import type { PlanContext } from './context.ts';

/**
 * A workload says two things that exclude each other, or leaves the load of serving open.
 *
 * A workload is one batch (`sequences` with `length`), serving (`input` with `output`) or training (`global-batch` with
 * `length`), and properties of two of these make none. Served requests come either in a closed loop, `concurrency` of them
 * in flight, or in an open one, `request-rate` of them per second. With neither, one request at a time is computed, which
 * is a warning.
 *
 * ## Not so
 * ```moeplan
 * workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 64, request-rate = 5 requests/s }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload chat { input = 4_000 tokens, output = 1_000 tokens, request-rate = 5 requests/s }
 * ```
 *
 * ## How to fix it
 * Keep the properties of one kind of work, and one of `concurrency` and `request-rate`.
 */
export const workloadContradictory: Rule<PlanContext> = {
  name: 'workload-contradictory',
  family: 'syntax',
  severity: 'error',
  summary: 'A workload says two things that exclude each other, or not how many requests come.',
  check({ program }, report) {
    for (const workload of program.own) {
      if (workload.keyword !== 'workload' || workload.incomplete) continue;
      const { properties } = workload;
      const [first, second] = KINDS.flatMap(({ kind, names }) => {
        const property = firstOf(workload, names);
        return property ? [{ kind, property }] : [];
      });
      if (first && second) {
        const [name, otherName] = [first, second].map(({ property }) => property.node.key.text);
        report({
          ...locationOfProperty(second.property),
          message: `\`${name}\` says ${first.kind} and \`${otherName}\` says ${second.kind}: leave one of them out, or write two workloads`,
          related: [{ ...locationOfProperty(first.property), message: `\`${name}\` is of ${first.kind}` }],
        });
        continue;
      }
      const concurrency = properties.get('concurrency');
      const rate = properties.get('request-rate');
      if (concurrency && rate) {
        report({
          ...locationOfProperty(rate),
          message:
            '`concurrency` keeps requests in flight and `request-rate` lets them arrive whatever is in flight: leave one of the two out',
          related: [{ ...locationOfProperty(concurrency), message: '`concurrency` is set here' }],
        });
      } else if (properties.has('input') && !concurrency && !rate) {
        report({
          ...locationOfEntity(workload),
          severity: 'warning',
          message: `workload ${workload.name ?? ''} does not say how many requests come, and one at a time is computed: write \`concurrency\` or \`request-rate\``,
        });
      }
    }
  },
};

/** Properties that only some kinds of work have. A batch and training have `length`. */
const KINDS = [
  { kind: 'one batch', names: ['sequences'] },
  { kind: 'serving', names: ['input', 'output', 'concurrency', 'request-rate'] },
  { kind: 'training', names: ['global-batch', 'micro-batch', 'optimizer'] },
] as const;

function firstOf({ properties }: Entity, names: readonly string[]): Property | undefined {
  return names.flatMap((name) => properties.get(name) ?? [])[0];
}
