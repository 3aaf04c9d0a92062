import { table } from '../docs/markdown.ts';
import { type Outcome, outcomeCounts } from './capacity.ts';
import type { ScoredCheckpoint } from './checkpoints.ts';
import { checkpointsSection } from './checkpointsReport.ts';
import { type LeftOut, leftOutSection } from './leftOut.ts';
import { type Reference, referenceOf, referenceOfKernel } from './references.ts';
import type { ScoredModel, ScoredRow } from './rows.ts';
import { type Errors, scoreTable, type TableScore } from './statistics.ts';

/** Everything that one run of the score has found. */
export interface Scores {
  /** In words, which measurements were scored. */
  readonly data: string;
  readonly models?: readonly ScoredModel[];
  readonly checkpoints?: readonly ScoredCheckpoint[];
  /** `serving`, `training`, ... with all their rows, headline or not. */
  readonly tables: Readonly<Record<string, readonly ScoredRow[]>>;
  /** By family. */
  readonly kernels: Readonly<Record<string, readonly ScoredRow[]>>;
  /** Errors of the fits on rows that they had not seen. */
  readonly leftOut?: readonly LeftOut[];
  /** Of start-up logs. */
  readonly outcomes?: readonly Outcome[];
}

/** What the metrics are called for readers. */
const METRIC_NAMES: Readonly<Record<string, string>> = {
  tpot: 'time per output token',
  ttft: 'time to first token',
  step: 'step time',
  bytes: 'bytes per GPU',
  throughput: 'throughput',
  latency: 'latency',
  tokens: 'tokens of the KV cache',
  weights: 'weights per GPU',
  'input-throughput-per-gpu': 'prompt tokens per second and GPU',
  'memory-per-gpu': 'memory per GPU',
  'kv-tokens': 'tokens of the KV cache',
  'weights-per-gpu': 'weights per GPU',
};

const BREAKDOWN_NAMES: Readonly<Record<string, string>> = {
  model: 'model',
  gpu: 'GPU',
  engine: 'engine',
  phase: 'phase',
  kind: 'kind',
  source: 'source',
};

/** The page `docs/accuracy.md`: every table by model, GPU, engine and phase, the best known tool beside ours. */
export function accuracyReport(scores: Scores): string {
  const sections = [
    `<!-- Made by \`npm run accuracy\`. Run it again instead of editing this file. -->
# Accuracy

Predicted figures beside measured ones, over ${scores.data}. An error is \`predicted / measured - 1\`; mean, median and 90th
percentile are of absolute errors, the bias is the mean of signed ones: above zero means predicted too high. Rows that
cannot be predicted count as not covered, and their reasons are listed. Constants are fitted to a part of these
measurements: [the cost model](cost-model.md) says which, with the error of each fit.

The figures to look at first are those of what was left out. In the tables below some of the constants have seen their rows: all of
training's, and of \`runs\`, public runs with plans of their own, the training steps, two factors of SGLang and two of AMD.

What a source of serving rows does not record of its benchmark (prompts sent again, lengths forced) is inferred from its
lengths, in \`scripts/accuracy/benchmarks.ts\`. No source confirms it, and without it errors are larger.`,
    leftOutSection(scores.leftOut ?? []),
    summary(scores),
    ...(scores.models ? [modelsSection(scores.models)] : []),
    ...(scores.checkpoints ? [checkpointsSection(scores.checkpoints)] : []),
    ...Object.entries(scores.tables).map(([name, rows]) => section(name, rows)),
    ...(scores.outcomes ? [outcomesSection(scores.outcomes)] : []),
    kernelsSection(scores.kernels),
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

function summary({ tables, kernels }: Scores): string {
  const rows = Object.entries(tables).flatMap(([name, scored]) => {
    const score = scoreTable(scored, []);
    return Object.entries(score.metrics).map(([metric, errors]) => [
      `${name}, ${METRIC_NAMES[metric] ?? metric}`,
      coverage(errors.n, total(scored, metric)),
      ...errorCells(errors),
      ...referenceCells(referenceOf(name, metric)),
    ]);
  });
  for (const [family, scored] of Object.entries(kernels)) {
    const { latency } = scoreTable(scored, []).metrics;
    if (!latency) continue;
    const reference = referenceCells(referenceOfKernel(family));
    rows.push([
      `kernels, ${family}`,
      coverage(latency.n, total(scored, 'latency')),
      ...errorCells(latency),
      ...reference,
    ]);
  }
  if (rows.length === 0) return '';
  return `## All tables\n\n${table([...HEADER, 'aim', 'best known tool'], rows)}`;
}

const HEADER = ['', 'rows predicted', 'mean', 'median', '90 %', 'bias'] as const;

/** Headline rows of a metric. */
function total(rows: readonly ScoredRow[], metric: string): number {
  return rows.filter((row) => row.headline && row.metric === metric).length;
}

function coverage(covered: number, of: number): string {
  return `${covered.toLocaleString('en-US')} of ${of.toLocaleString('en-US')}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function signed(fraction: number): string {
  return `${fraction > 0 ? '+' : ''}${percent(fraction)}`;
}

function errorCells({ n, mean, median, p90, bias }: Errors): string[] {
  return n === 0 ? ['-', '-', '-', '-'] : [percent(mean), percent(median), percent(p90), signed(bias)];
}

function referenceCells(reference: Reference | undefined): string[] {
  if (!reference) return ['', ''];
  const { mean, median, tool, figure } = reference;
  const aims = [
    ...(mean === undefined ? [] : [`mean ${percent(mean)}`]),
    ...(median === undefined ? [] : [`median ${percent(median)}`]),
  ];
  return [aims.join(', '), tool === 'none' ? figure : `${tool}: ${figure}`];
}

function modelsSection(models: readonly ScoredModel[]): string {
  const count = (outcome: ScoredModel['outcome']) => models.filter((model) => model.outcome === outcome).length;
  const rows = models.map(({ id, published, counted, outcome, reason }) => [
    id,
    published.toLocaleString('en-US'),
    counted?.toLocaleString('en-US') ?? '-',
    outcome,
    reason ?? '',
  ]);
  return `## Parameters

Of ${models.length} models with an exact published total, ${count('exact')} are counted to the integer from their config, ${count('refused')} are refused with a reason, ${count('wrong')} are wrong. Totals count different things, which the last column names.

${table(['model', 'published', 'counted', 'outcome', 'what the total counts, or why there is none'], rows)}`;
}

function section(name: string, rows: readonly ScoredRow[]): string {
  const score = scoreTable(rows);
  const isListed = score.n > 0;
  const parts = [
    `## ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    isListed
      ? `${coverage(score.covered, score.n)} measurements are predicted.`
      : 'No measurement of this table counts.',
    ...(isListed ? [...bands(score), ...breakdowns(score, rows), ...reasons(rows)] : []),
  ];
  return parts.join('\n\n');
}

/** How many of the measurements lie in the band that a user is shown, which says 80 %. */
function bands({ metrics }: TableScore): string[] {
  const shares = Object.entries(metrics).flatMap(([metric, { inBand }]) =>
    inBand === undefined ? [] : [`${METRIC_NAMES[metric] ?? metric} ${percent(inBand)}`],
  );
  return shares.length === 0 ? [] : [`In the band that is shown with the prediction lie: ${shares.join(', ')}.`];
}

/** A table for each kind of group that has more than one member. */
function breakdowns(score: TableScore, rows: readonly ScoredRow[], level = '###'): string[] {
  return Object.entries(score.by).flatMap(([key, groups]) => {
    const names = Object.keys(groups).sort();
    if (names.length < 2) return [];
    const lines = names.flatMap((group) => {
      const members = rows.filter((row) => row.groups[groupKey(key)] === group);
      return Object.entries(groups[group]?.metrics ?? {}).map(([metric, errors]) => [
        group,
        METRIC_NAMES[metric] ?? metric,
        coverage(errors.n, total(members, metric)),
        ...errorCells(errors),
      ]);
    });
    const title = BREAKDOWN_NAMES[key] ?? key;
    return [`${level} By ${title}`, table([title, 'what', ...HEADER.slice(1)], lines)];
  });
}

function groupKey(key: string): keyof ScoredRow['groups'] {
  const named = ['gpu', 'engine', 'phase', 'family', 'kind', 'source'] as const;
  return named.find((name) => name === key) ?? 'model';
}

function reasons(rows: readonly ScoredRow[]): string[] {
  const open = rows.filter((row) => row.headline && row.reason !== undefined && row.predicted === undefined);
  const groups = Object.entries(Object.groupBy(open, (row) => row.reason ?? ''));
  if (groups.length === 0) return [];
  const lines = groups
    .map(([reason, members]): readonly [string, number] => [reason, new Set(members?.map(({ id }) => id)).size])
    .sort((left, right) => right[1] - left[1])
    .map(([reason, count]) => [`${count}`, reason]);
  return ['### Not predicted', table(['measurements', 'why'], lines)];
}

/** Whether engines started, by engine and in all: what was logged beside what was predicted. */
function outcomesSection(outcomes: readonly Outcome[]): string {
  const engines = [...new Set(outcomes.map(({ engine }) => engine))].sort();
  const row = (name: string, own: readonly Outcome[]) => {
    const { ranAccepted, ranRefused, failedTold, failedSilent } = outcomeCounts(own);
    const right = (ranAccepted + failedTold) / Math.max(1, own.length);
    return [name, ...[ranAccepted, ranRefused, failedTold, failedSilent].map(String), percent(right)];
  };
  const lines = engines.map((name) =>
    row(
      name,
      outcomes.filter(({ engine }) => engine === name),
    ),
  );
  const head = ['engine', 'ran, accepted', 'ran, refused', 'failed, told', 'failed, silent', 'right'];
  return `### Starts\n\nWhether an engine starts, over all start-up logs that could be written as plans.\n\n${table(head, [...lines, row('all', outcomes)])}`;
}

function kernelsSection(kernels: Scores['kernels']): string {
  const families = Object.entries(kernels);
  if (families.length === 0) return '';
  const parts = families.flatMap(([family, rows]) => {
    const score = scoreTable(rows);
    return [
      `### ${family}`,
      `${coverage(score.covered, score.n)} measurements are predicted.`,
      ...breakdowns(score, rows, '####'),
      ...reasons(rows).map((part) => part.replace(/^### /, '#### ')),
    ];
  });
  return ['## Kernels', ...parts].join('\n\n');
}
