import { type Outcome, outcomeCounts } from './capacity.ts';
import { checkpointCounts, type ScoredCheckpoint } from './checkpoints.ts';
import type { ScoredModel, ScoredRow } from './rows.ts';
import { type Errors, errorsOf, scoreTable, type TableScore } from './statistics.ts';

/** Tables with the metrics that each has; `runs` has those that its rows name. */
export const METRICS = {
  serving: ['tpot', 'ttft'],
  training: ['step'],
  memory: ['bytes'],
  deployments: ['throughput'],
  capacity: ['tokens', 'bytes', 'weights'],
} as const;

export type TableName = keyof typeof METRICS | 'runs';

const GROUPS = ['model', 'gpu', 'engine'] as const;
const RUN_GROUPS = [...GROUPS, 'kind', 'source'] as const;

/** Errors as fractions; null where no row of the metric is covered. */
type WrittenErrors = Readonly<Record<'mean' | 'median' | 'p90' | 'bias', number | null>>;

/** What one run of the score found: a table that the folder does not have is absent. */
export interface Scored {
  readonly models?: readonly ScoredModel[];
  readonly checkpoints?: readonly ScoredCheckpoint[];
  readonly tables: Readonly<Partial<Record<TableName, readonly ScoredRow[]>>>;
  readonly kernels?: readonly ScoredRow[];
  /** Whether engines of the start-up logs started, and whether it was predicted. */
  readonly outcomes?: readonly Outcome[];
}

/**
 * What `--json` writes, of headline rows alone: `models: {n, exact, refused, wrong}`; `checkpoints: {n, covered,
 * parameters, weightBytes, kvBytes: {exact, refused, wrong}, expect: {right, wrong}}`; of each table `{n, covered, METRIC:
 * {mean, median, p90, bias}}`, of `capacity` also `outcome`, which counts all rows; of `runs` `{METRIC: {n, covered, mean, median, p90, bias, inBand}}`; of kernels by family `{n, mean, median}`; below each of them but models and checkpoints `by`, with the same
 * for every `model`, `gpu` and `engine` (of runs also `kind` and `source`) by its name as written; and `by` once more beside them, with all tables for each.
 */
export function scoreJson(scored: Scored): Readonly<Record<string, unknown>> {
  const by = GROUPS.map((key) => [key, scoresByGroup(scored, key)]);
  return { ...scoresOf(scored, GROUPS), by: Object.fromEntries(by) };
}

type Group = (typeof RUN_GROUPS)[number];

function scoresOf(
  { models, checkpoints, tables, kernels, outcomes }: Scored,
  groups: readonly Group[],
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  if (models) result.models = modelCounts(models);
  if (checkpoints) result.checkpoints = checkpointCounts(checkpoints);
  for (const [name, metrics] of Object.entries(METRICS)) {
    const rows = Object.entries(tables).find(([table]) => table === name)?.[1];
    if (!rows) continue;
    const score = withGroups(rows, groups, (table) => tableScore(table, metrics));
    result[name] = name === 'capacity' ? withOutcomes(score, outcomes ?? [], groups.length > 0) : score;
  }
  if (tables.runs) result.runs = withGroups(tables.runs, groups.length > 0 ? RUN_GROUPS : [], runScore);
  if (kernels) {
    const families = Object.entries(Object.groupBy(kernels, (row) => row.groups.family ?? 'other'));
    result.kernels = Object.fromEntries(
      families.flatMap(([family, rows = []]) =>
        rows.some(({ headline }) => headline) ? [[family, withGroups(rows, groups, kernelScore)]] : [],
      ),
    );
  }
  return result;
}

/** The score of `capacity` with the outcomes of all engines, and below `by` with those of each. */
function withOutcomes(score: object, outcomes: readonly Outcome[], isGrouped: boolean): object {
  const whole = { ...score, outcome: outcomeCounts(outcomes) };
  if (!isGrouped) return whole;
  const by: object = Object.entries(score).find(([key]) => key === 'by')?.[1] ?? {};
  const engines: object = Object.entries(by).find(([key]) => key === 'engine')?.[1] ?? {};
  const counted = Object.entries(engines).map(([name, own]: [string, object]) => {
    const ofEngine = outcomes.filter(({ engine }) => engine === name);
    return [name, { ...own, outcome: outcomeCounts(ofEngine) }];
  });
  return { ...whole, by: { ...by, engine: Object.fromEntries(counted) } };
}

/** All tables that have a headline row of a group, for each group by its name as written. */
function scoresByGroup({ tables, kernels = [], outcomes = [] }: Scored, key: Group): Readonly<Record<string, unknown>> {
  const rows = Object.entries(tables).flatMap(([table, all]) => all.map((row) => ({ table, row })));
  const all = [...rows, ...kernels.map((row) => ({ table: 'kernels', row }))].filter(({ row }) => row.headline);
  const groups = Object.entries(Object.groupBy(all, ({ row }) => row.groups[key] ?? ''));
  const scores = groups.map(([name, members = []]) => {
    const byTable = Object.groupBy(members, ({ table }) => table);
    const { kernels: own, ...others } = Object.fromEntries(
      Object.entries(byTable).map(([table, found = []]) => [table, found.map(({ row }) => row)]),
    );
    const told = key === 'engine' ? outcomes.filter(({ engine }) => engine === name) : [];
    return [name, scoresOf({ tables: others, ...(own && { kernels: own }), outcomes: told }, [])] as const;
  });
  return Object.fromEntries(scores.filter(([name]) => name !== ''));
}

export function modelCounts(models: readonly ScoredModel[]) {
  const count = (outcome: ScoredModel['outcome']) => models.filter((model) => model.outcome === outcome).length;
  return { n: models.length, exact: count('exact'), refused: count('refused'), wrong: count('wrong') };
}

function withGroups(
  rows: readonly ScoredRow[],
  groups: readonly Group[],
  write: (score: TableScore) => object,
): object {
  const score = scoreTable(rows, groups);
  if (groups.length === 0) return write(score);
  const by = groups.map((key) => {
    const found = Object.entries(score.by[key] ?? {});
    return [key, Object.fromEntries(found.map(([name, group]) => [name, write(group)]))];
  });
  return { ...write(score), by: Object.fromEntries(by) };
}

function tableScore({ n, covered, metrics }: TableScore, names: readonly string[]): object {
  const errors = names.map((name) => [name, written(metrics[name] ?? errorsOf([]))]);
  return { n, covered, ...Object.fromEntries(errors) };
}

/** Of each metric how many rows there are, how many were predicted, and whether their bands hold. */
function runScore({ metrics }: TableScore): object {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, errors]) => [
      name,
      { n: errors.rows, covered: errors.n, ...written(errors), inBand: errors.inBand ?? null },
    ]),
  );
}

function kernelScore({ n, metrics }: TableScore): object {
  const { mean, median } = written(metrics.latency ?? errorsOf([]));
  return { n, mean, median };
}

function written({ n, mean, median, p90, bias }: Errors): WrittenErrors {
  return n === 0 ? { mean: null, median: null, p90: null, bias: null } : { mean, median, p90, bias };
}
