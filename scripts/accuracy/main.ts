import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreDeployments } from './deployments.ts';
import { scoreKernels } from './kernels.ts';
import { scoreMemory } from './memory.ts';
import { scoreModels } from './models.ts';
import { accuracyReport } from './report.ts';
import type { ScoredRow } from './rows.ts';
import { scoreServing } from './serving.ts';
import { scoreTable, type TableScore } from './statistics.ts';
import { scoreTraining } from './training.ts';

/**
 * `npm run accuracy [-- --data DIR] [--json FILE] [--rows FILE]`: measured figures beside predicted ones. A file that
 * the folder does not have is skipped; a row that cannot be predicted counts as not covered. Without `--data` it also
 * writes the page of the results: `docs/accuracy.md`, or `out/accuracy.md` where only the project's own small tables of
 * published figures are there to score.
 */
const project = join(import.meta.dirname, '..', '..');
const ownData = join(project, '..', 'shared', 'truth');

const { values } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'string' }, rows: { type: 'string' } },
});
const hasAll = existsSync(ownData);
const folder = values.data ?? (hasAll ? ownData : join(import.meta.dirname, 'published'));

const tables: Readonly<Record<string, (folder: string) => readonly ScoredRow[] | undefined>> = {
  serving: scoreServing,
  training: scoreTraining,
  memory: scoreMemory,
  deployments: scoreDeployments,
};

const result: Record<string, unknown> = {};
const all: (ScoredRow & { readonly table: string })[] = [];
const scored: Record<string, readonly ScoredRow[]> = {};

const models = scoreModels(folder);
if (models) {
  const count = (outcome: string) => models.filter((model) => model.outcome === outcome).length;
  result.models = { n: models.length, exact: count('exact'), refused: count('refused'), wrong: count('wrong') };
  console.log(`models: ${JSON.stringify(result.models)}`);
  for (const { id, published, counted, outcome, reason } of models) {
    if (outcome !== 'exact')
      console.log(`  ${outcome}: ${id}: published ${published}, counted ${counted ?? '-'} ${reason ?? ''}`);
  }
}
for (const [name, score] of Object.entries(tables)) {
  const rows = score(folder);
  if (!rows) continue;
  scored[name] = rows;
  all.push(...rows.map((row) => ({ ...row, table: name })));
  const table = scoreTable(rows);
  result[name] = flat(table);
  print(name, table, rows);
}
const kernels = scoreKernels(folder);
if (kernels) {
  all.push(...kernels.map((row) => ({ ...row, table: 'kernels' })));
  const families = Object.groupBy(kernels, (row) => row.groups.family ?? 'other');
  const scores: Record<string, unknown> = {};
  for (const [family, rows] of Object.entries(families)) {
    const table = scoreTable(rows ?? []);
    const { latency } = table.metrics;
    scores[family] = {
      n: table.n,
      covered: table.covered,
      mean: latency?.mean ?? 0,
      median: latency?.median ?? 0,
      by: flat(table).by,
    };
    print(`kernels/${family}`, table, rows ?? []);
  }
  result.kernels = scores;
}
if (values.data === undefined) writeReport();
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
if (values.rows !== undefined) writeFileSync(values.rows, `${JSON.stringify(all, undefined, 1)}\n`);

function writeReport(): void {
  const page = join(project, hasAll ? 'docs' : 'out', 'accuracy.md');
  const groups = Object.groupBy(kernels ?? [], (row) => row.groups.family ?? 'other');
  const text = accuracyReport({
    data: hasAll ? 'public measurements of models on real machines' : "the project's own tables of published figures",
    ...(models && { models }),
    tables: scored,
    kernels: Object.fromEntries(Object.entries(groups).map(([family, rows]) => [family, rows ?? []])),
  });
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, text);
  console.log(`written: ${page}`);
}

/** The shape that is written: metrics beside the counts. */
function flat({ n, covered, metrics, by }: TableScore): { readonly by: unknown } & Readonly<Record<string, unknown>> {
  const groups = Object.fromEntries(
    Object.entries(by).map(([key, scores]) => [
      key,
      Object.fromEntries(
        Object.entries(scores).map(([name, score]) => [name, { n: score.n, covered: score.covered, ...score.metrics }]),
      ),
    ]),
  );
  return { n, covered, ...metrics, by: groups };
}

function print(name: string, table: TableScore, rows: readonly ScoredRow[]): void {
  console.log(`${name}: ${table.covered} of ${table.n} rows covered`);
  printMetrics('  ', table);
  for (const [key, scores] of Object.entries(table.by)) {
    if (Object.keys(scores).length < 2) continue;
    for (const [group, score] of Object.entries(scores)) {
      console.log(`    ${key} ${group}: ${score.covered}/${score.n}`);
      printMetrics('      ', score);
    }
  }
  const reasons = Object.groupBy(
    rows.filter((row) => row.headline && row.reason !== undefined),
    (row) => row.reason ?? '',
  );
  for (const [reason, members] of Object.entries(reasons))
    console.log(`  not covered (${members?.length ?? 0}): ${reason}`);
}

function printMetrics(indent: string, { metrics }: TableScore): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const [metric, { mean, median, p90, bias, inBand }] of Object.entries(metrics)) {
    const shown = inBand === undefined ? '' : `, in band ${percent(inBand)}`;
    console.log(
      `${indent}${metric}: mean ${percent(mean)}, median ${percent(median)}, p90 ${percent(p90)}, bias ${percent(bias)}${shown}`,
    );
  }
}
