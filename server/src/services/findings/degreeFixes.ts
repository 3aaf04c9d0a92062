import { Scorer } from '../../cost/score.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import { removeStatement } from '../../language/rules/run.ts';
import { type DegreeName, isDegree } from '../../plan/parallel.ts';
import { stated } from '../../plan/rules/context.ts';
import type { Analysis } from '../analysis.ts';
import { leadsTo } from '../fit.ts';
import { placeAt } from '../place.ts';
import { sharing, subjectOf } from '../subject.ts';
import { withoutDegrees } from '../variants.ts';

/** Plans with more GPUs are not tried, because each trial makes a new layout. */
const MOST_GPUS = 1_024;
/** A longer list of fixes does not help. */
const MOST_FIXES = 3;

/** What a plan that was tried reaches, and the fix that writes it. */
interface Tried {
  readonly throughput: number;
  readonly fix: Fix;
}

/**
 * Degrees of the `parallel` block that a finding is about, left out one at a time, so that they follow from the others. Each was
 * tried and fits; its title says what it leads to. The fastest comes first.
 */
export function degreeFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const block = place?.blocks.find(({ keyword }) => keyword.text === 'parallel');
  const subject = place && subjectOf(analysis, place.blocks);
  const file = analysis.program.analyses.get(analysis.uri);
  if (!subject || !block || !file || subject.draft.gpus.length > MOST_GPUS) return [];
  const shared = sharing(subject, block);
  const source = subject.pools[0]?.source.parallel;
  const scorer = new Scorer();
  const degrees = block.items.flatMap((item) => {
    if (item.kind !== 'property') return [];
    const name = item.key.text;
    return isLayout(name) && stated(source, name) ? [{ node: item, name }] : [];
  });
  const leftOut = degrees.flatMap(({ node, name }): readonly Tried[] => {
    const spec = withoutDegrees(shared, [name]);
    const outcome = spec && leadsTo(scorer, spec, shared.pools);
    if (outcome?.throughput === undefined) return [];
    const removal = removeStatement(file, node.span, `Leave \`${name}\` out: ${outcome.text}`);
    return [{ throughput: outcome.throughput, fix: { ...removal, preferred: false } }];
  });
  return leftOut
    .toSorted((left, right) => right.throughput - left.throughput)
    .slice(0, MOST_FIXES)
    .map(({ fix: written }) => written);
}

/** Whether a number says how GPUs are shared, and not how work is cut. */
function isLayout(name: string): name is Exclude<DegreeName, 'vpp' | 'micro-batches' | 'shards'> {
  return isDegree(name) && name !== 'vpp' && name !== 'micro-batches' && name !== 'shards';
}
