import { errorOf, type ScoredRow } from './rows.ts';
import { scoreTable, type TableScore } from './statistics.ts';

/** Rows named for each reason. */
const MOST_LISTED = 20;

/** Scores to standard output, and to standard error why rows are not covered. */
export function printScore(name: string, rows: readonly ScoredRow[]): void {
  const table = scoreTable(rows);
  console.log(`${name}: ${table.covered} of ${table.n} rows covered`);
  printMetrics('  ', table);
  for (const [key, scores] of Object.entries(table.by)) {
    if (Object.keys(scores).length < 2) continue;
    for (const [group, score] of Object.entries(scores)) {
      console.log(`    ${key} ${group}: ${score.covered}/${score.n}`);
      printMetrics('      ', score);
    }
  }
  printReasons(
    `${name}: not covered`,
    rows.filter((row) => row.headline),
  );
  printReasons(
    `${name}: left out`,
    rows.filter((row) => !row.headline),
  );
}

function printReasons(title: string, rows: readonly ScoredRow[]): void {
  const open = rows.filter((row) => errorOf(row) === undefined);
  for (const [reason, members = []] of Object.entries(Object.groupBy(open, (row) => row.reason ?? 'no reason'))) {
    const ids = [...new Set(members.map(({ id }) => id))];
    const more = ids.length > MOST_LISTED ? ', ...' : '';
    console.error(`${title} (${ids.length}): ${reason}: ${ids.slice(0, MOST_LISTED).join(', ')}${more}`);
  }
}

function printMetrics(indent: string, { metrics }: TableScore): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const [metric, { n, mean, median, p90, bias, inBand }] of Object.entries(metrics)) {
    if (n === 0) continue;
    console.log(
      `${indent}${metric}: mean ${percent(mean)}, median ${percent(median)}, p90 ${percent(p90)}, bias ${percent(bias)}${inBand === undefined ? '' : `, in band ${percent(inBand)}`}`,
    );
  }
}
