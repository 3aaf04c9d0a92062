import { Scorer } from '../../cost/score.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import { removeStatements } from '../../language/rules/run.ts';
import type { BlockNode, PlacementNode } from '../../language/tree.ts';
import type { PlanSpec } from '../../plan/spec.ts';
import type { Analysis } from '../analysis.ts';
import { leadsTo } from '../fit.ts';
import { placeAt } from '../place.ts';
import { subjectOf } from '../subject.ts';
import { withSpec } from '../variants.ts';

/** Leaves out the `expert ... on gpu ...` lines of a deployment, whose experts are then placed in order. It was tried. */
export function placementFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const [outer] = place?.blocks ?? [];
  const subject = place && subjectOf(analysis, place.blocks);
  const file = analysis.program.analyses.get(analysis.uri);
  if (!subject || !outer || !file) return [];
  const lines = placementsIn(outer);
  const spec = withSpec(subject.resolved, withoutPlacements);
  const pools = subject.draft.pools.map((_, index) => index);
  const outcome = spec && leadsTo(new Scorer(), spec, pools);
  if (lines.length === 0 || outcome?.throughput === undefined) return [];
  const title = `Leave the \`expert\` lines out: ${outcome.text}`;
  return [
    {
      title,
      edits: removeStatements(
        file,
        lines.map((line) => line.span),
      ),
      preferred: false,
    },
  ];
}

function placementsIn({ items }: BlockNode): readonly PlacementNode[] {
  return items.flatMap((item) =>
    item.kind === 'placement' ? [item] : item.kind === 'block' ? placementsIn(item) : [],
  );
}

function withoutPlacements(spec: PlanSpec): PlanSpec {
  return {
    ...spec,
    pools: spec.pools.map((pool) => ({
      ...pool,
      placements: [],
      stages: pool.stages.map((stage) => ({ ...stage, placements: [] })),
    })),
  };
}
