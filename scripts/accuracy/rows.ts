/** What a row was about, for breakdowns; a key that does not apply is absent. */
export interface RowGroups {
  readonly model?: string;
  readonly gpu?: string;
  readonly engine?: string;
  readonly phase?: string;
  /** Kind of kernel: `gemm`, `grouped-gemm`, `attention-decode`, ... */
  readonly family?: string;
}

/** One measured figure beside the predicted one. Both in SI units: seconds, bytes, tokens/s. */
export interface ScoredRow {
  readonly id: string;
  /** `tpot`, `ttft`, `step`, `bytes`, `throughput`, `latency`. */
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

/** predicted / measured - 1. Nothing for a row that is not predicted. */
export function errorOf({ measured, predicted }: ScoredRow): number | undefined {
  return predicted === undefined || !Number.isFinite(predicted) ? undefined : predicted / measured - 1;
}
