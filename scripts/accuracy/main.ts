import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { outcomeCounts, scoreCapacity } from './capacity.ts';
import { checkpointCounts, scoreCheckpoints } from './checkpoints.ts';
import { scoreDeployments } from './deployments.ts';
import { scoreKernels } from './kernels.ts';
import { readLeftOut } from './leftOut.ts';
import { scoreMemory } from './memory.ts';
import { scoreModels } from './models.ts';
import { printScore } from './print.ts';
import { accuracyReport } from './report.ts';
import type { ScoredRow } from './rows.ts';
import { scoreRuns } from './runs.ts';
import { modelCounts, scoreJson, type TableName } from './scoreJson.ts';
import { scoreServing } from './serving.ts';
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
if (!existsSync(folder)) {
  console.error(`no folder ${folder}`);
  process.exit(2);
}

const SCORERS: Readonly<Record<Exclude<TableName, 'capacity'>, (folder: string) => readonly ScoredRow[] | undefined>> =
  {
    serving: scoreServing,
    training: scoreTraining,
    memory: scoreMemory,
    deployments: scoreDeployments,
    runs: scoreRuns,
  };

const models = scoreModels(folder);
if (models) {
  console.log(`models: ${JSON.stringify(modelCounts(models))}`);
  for (const { id, published, counted, outcome, reason } of models) {
    if (outcome !== 'exact')
      console.error(`models: ${outcome}: ${id}: published ${published}, counted ${counted ?? '-'} ${reason ?? ''}`);
  }
}
const checkpoints = scoreCheckpoints(folder);
if (checkpoints) {
  console.log(`checkpoints: ${JSON.stringify(checkpointCounts(checkpoints))}`);
  for (const { id, isAsExpected, figures, reason } of checkpoints) {
    const faults = Object.entries(figures).flatMap(([name, { outcome }]) =>
      outcome === 'exact' ? [] : [`${name} ${outcome}`],
    );
    if (isAsExpected && faults.length === 0) continue;
    console.error(
      `checkpoints: ${id}: ${[...(isAsExpected ? [] : ['not as expected']), ...faults].join(', ')}: ${reason ?? ''}`,
    );
  }
}
const tables: Record<string, readonly ScoredRow[]> = {};
for (const [name, score] of Object.entries(SCORERS)) {
  const rows = score(folder);
  if (!rows) continue;
  tables[name] = rows;
  printScore(name, rows);
}
const capacity = scoreCapacity(folder);
if (capacity) {
  tables.capacity = capacity.rows;
  printScore('capacity', capacity.rows);
  console.log(`capacity: ${JSON.stringify(outcomeCounts(capacity.outcomes))}`);
}
const kernels = scoreKernels(folder);
const families: Record<string, readonly ScoredRow[]> = {};
for (const [family, rows] of Object.entries(Object.groupBy(kernels ?? [], (row) => row.groups.family ?? 'other'))) {
  families[family] = rows ?? [];
  printScore(`kernels/${family}`, rows ?? []);
}
if (values.data === undefined) writeReport();
if (values.json !== undefined) {
  write(
    values.json,
    scoreJson({
      ...(models && { models }),
      ...(checkpoints && { checkpoints }),
      tables,
      ...(kernels && { kernels }),
      ...(capacity && { outcomes: capacity.outcomes }),
    }),
    2,
  );
}
if (values.rows !== undefined) {
  const all = Object.entries({ ...tables, ...(kernels && { kernels }) }).flatMap(([table, rows]) =>
    rows.map((row) => ({ ...row, table })),
  );
  write(values.rows, all, 1);
}

function write(file: string, value: unknown, indent: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, undefined, indent)}\n`);
}

function writeReport(): void {
  const page = join(project, hasAll ? 'docs' : 'out', 'accuracy.md');
  const text = accuracyReport({
    data: hasAll ? 'public measurements of models on real machines' : "the project's own tables of published figures",
    ...(models && { models }),
    ...(checkpoints && { checkpoints }),
    tables,
    kernels: families,
    leftOut: hasAll ? readLeftOut() : [],
    ...(capacity && { outcomes: capacity.outcomes }),
  });
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, text);
  console.log(`written: ${page}`);
}
