import { join } from 'node:path';
import { type CsvRow, malformation, readCsv, text } from './csv.ts';

/** What a row was about, for breakdowns; a key that does not apply is absent. */
export interface RowGroups {
  readonly model?: string;
  readonly gpu?: string;
  readonly engine?: string;
  readonly phase?: string;
  /** Of runs: `serving-agg`, `training`, ... */
  readonly kind?: string;
  /** Of runs: who measured. */
  readonly source?: string;
  /** Kind of kernel: `gemm`, `grouped-gemm`, `attention-decode`, ... */
  readonly family?: string;
}

/** One measured figure beside the predicted one. Both in SI units: seconds, bytes, tokens/s. */
export interface ScoredRow {
  readonly id: string;
  /** `tpot`, `ttft`, `step`, `bytes`, `throughput`, `latency`, and of runs those that `runs.ts` knows. */
  readonly metric: string;
  readonly measured: number;
  /** Absent when the row cannot be predicted; `reason` then says why. */
  readonly predicted?: number;
  /** The band that a user is shown with the prediction. */
  readonly band?: { readonly low: number; readonly high: number };
  readonly reason?: string;
  /** Counts in headline scores. Other rows are predicted and listed, and left out of them. */
  readonly headline: boolean;
  readonly groups: RowGroups;
}

/** Parameters are right to the integer, refused by a named diagnostic, or wrong. */
export interface ScoredModel {
  readonly id: string;
  readonly published: number;
  readonly counted?: number;
  readonly outcome: 'exact' | 'refused' | 'wrong';
  readonly reason?: string;
}

/** predicted / measured - 1. Nothing for a row that is not predicted, or whose measured figure is none. */
export function errorOf({ measured, predicted }: ScoredRow): number | undefined {
  if (predicted === undefined || !Number.isFinite(predicted)) return undefined;
  return measured > 0 && Number.isFinite(measured) ? predicted / measured - 1 : undefined;
}

/**
 * Every row of a folder's table beside its prediction; nothing when the folder has no such file. A row that cannot be read
 * is not covered, and counts, since nobody can tell what it measured; so is one on which `score` fails, whatever the error.
 */
export function scoreRows(
  folder: string,
  file: string,
  metric: string,
  score: (row: CsvRow) => readonly ScoredRow[],
): readonly ScoredRow[] | undefined {
  return readCsv(join(folder, file))?.flatMap((row) => {
    const broken = malformation(row);
    if (broken !== undefined) return [notCovered(row, metric, broken)];
    try {
      return score(row).map(withReason);
    } catch (error) {
      return [notCovered(row, metric, `the row cannot be scored: ${error instanceof Error ? error.message : error}`)];
    }
  });
}

/** The reason of a row without a measured figure. */
export const NOT_MEASURED = 'the row has no measured figure';

function withReason(row: ScoredRow): ScoredRow {
  if (errorOf(row) !== undefined || row.reason !== undefined) return row;
  const isMeasured = row.measured > 0 && Number.isFinite(row.measured);
  return { ...row, reason: isMeasured ? 'the prediction is no number' : NOT_MEASURED };
}

function notCovered(row: CsvRow, metric: string, reason: string): ScoredRow {
  const groups = { model: text(row, 'model'), gpu: text(row, 'gpu'), engine: text(row, 'engine') };
  return { id: text(row, 'id'), metric, measured: Number.NaN, reason, headline: true, groups };
}
