import { errorOf, type RowGroups, type ScoredRow } from './rows.ts';

/** Of absolute errors, as fractions; `bias` is the mean of signed ones, `inBand` the share that lies in the band shown. */
export interface Errors {
  /** Rows, predicted or not. */
  readonly rows: number;
  /** Rows with an error. */
  readonly n: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
  readonly inBand?: number;
}

export function errorsOf(rows: readonly ScoredRow[]): Errors {
  const signed = rows.map(errorOf).filter((error) => error !== undefined);
  const absolute = signed.map(Math.abs).sort((left, right) => left - right);
  const banded = rows.flatMap(({ measured, band }) => (band ? [measured >= band.low && measured <= band.high] : []));
  return {
    rows: rows.length,
    n: absolute.length,
    mean: mean(absolute),
    median: quantile(absolute, 0.5),
    p90: quantile(absolute, 0.9),
    bias: mean(signed),
    ...(banded.length > 0 && { inBand: banded.filter(Boolean).length / banded.length }),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of values in ascending order, between neighbours by proportion. */
export function quantile(ascending: readonly number[], share: number): number {
  const position = (ascending.length - 1) * share;
  const below = ascending[Math.floor(position)] ?? 0;
  const above = ascending[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** A table's score: how many rows there are, how many could be predicted, and the errors of each metric. */
export interface TableScore {
  readonly n: number;
  readonly covered: number;
  readonly metrics: Readonly<Record<string, Errors>>;
  readonly by: Readonly<Record<string, Readonly<Record<string, TableScore>>>>;
}

const BREAKDOWNS: readonly (keyof RowGroups)[] = ['model', 'gpu', 'engine', 'phase', 'kind', 'source'];

/** Scores headline rows. A measured row with two metrics counts once in `n`. */
export function scoreTable(rows: readonly ScoredRow[], breakdowns = BREAKDOWNS): TableScore {
  const headline = rows.filter((row) => row.headline);
  const metrics = Object.groupBy(headline, (row) => row.metric);
  const by: Record<string, Record<string, TableScore>> = {};
  for (const key of breakdowns) {
    const groups = Object.groupBy(headline, (row) => row.groups[key] ?? '');
    const scores: Record<string, TableScore> = {};
    for (const [name, members] of Object.entries(groups)) {
      if (name !== '' && members) scores[name] = scoreTable(members, []);
    }
    by[key] = scores;
  }
  return {
    n: new Set(headline.map(({ id }) => id)).size,
    covered: new Set(headline.filter((row) => errorOf(row) !== undefined).map(({ id }) => id)).size,
    metrics: Object.fromEntries(Object.entries(metrics).map(([metric, members]) => [metric, errorsOf(members ?? [])])),
    by,
  };
}
