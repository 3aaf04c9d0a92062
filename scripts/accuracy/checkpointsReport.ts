import { table } from '../docs/markdown.ts';
import { type CheckpointFigure, checkpointCounts, type FigureCounts, type ScoredCheckpoint } from './checkpoints.ts';

/** The part of the page about checkpoints: by family, the worst first, and every row. */
export function checkpointsSection(checkpoints: readonly ScoredCheckpoint[]): string {
  const counts = checkpointCounts(checkpoints);
  const families = Object.entries(Object.groupBy(checkpoints, ({ family }) => family)).map(
    ([family, members = []]) => [family, members] as const,
  );
  const byFamily = families
    .sort(([name, members], [other, others]) => badness(others) - badness(members) || (name < other ? -1 : 1))
    .map(([family, members]) => {
      const { parameters, weightBytes, kvBytes, expect, n } = checkpointCounts(members);
      return [family, `${expect.right} of ${n}`, cell(parameters), cell(weightBytes), cell(kvBytes)];
    });
  const rows = checkpoints
    .toSorted((one, other) => badness([other]) - badness([one]))
    .map(({ id, read, isAsExpected, figures, reason }) => [
      id,
      `${read ? 'read' : 'refused'}, ${isAsExpected ? 'as expected' : 'not as expected'}`,
      figureCell(figures.parameters),
      figureCell(figures.weightBytes),
      figureCell(figures.kvBytes),
      reason ?? '',
    ]);
  return `## Checkpoints

Of ${counts.n} folders as they lie on disk ${counts.expect.right} give what is expected of them: they are read, or refused by a finding that names what is not understood. Weight bytes are compared at the last digit of the published size.

| | exact | refused | wrong |
| --- | --- | --- | --- |
${[
  ['parameters', counts.parameters] as const,
  ['weight bytes', counts.weightBytes] as const,
  ['KV bytes per token', counts.kvBytes] as const,
]
  .map(([name, { exact, refused, wrong }]) => `| ${name} | ${exact} | ${refused} | ${wrong} |`)
  .join('\n')}

### By family

Figures as exact / refused / wrong.

${table(['family', 'as expected', 'parameters', 'weight bytes', 'KV bytes per token'], byFamily)}

### By checkpoint

${table(['checkpoint', 'answer', 'parameters', 'weight bytes', 'KV bytes per token', 'what is found'], rows)}`;
}

/** A wrong figure weighs more than anything that is refused, and a family with two faults more than one with one. */
function badness(checkpoints: readonly ScoredCheckpoint[]): number {
  const { parameters, weightBytes, kvBytes, expect } = checkpointCounts(checkpoints);
  const all = [parameters, weightBytes, kvBytes];
  const wrong = all.reduce((sum, counts) => sum + counts.wrong, 0);
  const refused = all.reduce((sum, counts) => sum + counts.refused, 0);
  return 1000 * wrong + 10 * expect.wrong + refused;
}

function cell({ exact, refused, wrong }: FigureCounts): string {
  return exact + refused + wrong === 0 ? '' : `${exact} / ${refused} / ${wrong}`;
}

function figureCell(found: CheckpointFigure | undefined): string {
  if (!found) return '';
  if (found.outcome !== 'wrong') return found.outcome;
  return `wrong: ${found.counted?.toLocaleString('en-US')} for ${found.expected.toLocaleString('en-US')}`;
}
