import { type CsvRow, number, text } from '../csv.ts';

/** A measured kernel beside what predicts it. `Constants` are those that a fit may try instead of the shipped ones. */
export interface KernelCase<Constants> {
  readonly id: string;
  readonly family: string;
  readonly gpu: string;
  readonly engine: string;
  /** Seconds. */
  readonly measured: number;
  /** Left out of headline scores, and of fits, for the reason given. */
  readonly aside?: string;
  /** Seconds with the constants that ship; throws nothing. */
  readonly predicted: () => number;
  readonly trial?: Trial<Constants>;
}

/** What a fit does with a case: which set of constants it informs, and its time under trial constants. */
export interface Trial<Constants> {
  readonly set: string;
  /** Cases of one shape are held out together. */
  readonly shape: string;
  readonly seconds: (constants: Constants) => number;
}

/** A row that no kernel of ours stands for, or whose meaning is not clear. */
export interface Unread {
  readonly id: string;
  readonly family: string;
  readonly gpu: string;
  readonly reason: string;
  readonly headline: boolean;
}

export function microseconds(row: CsvRow): number | undefined {
  const value = number(row, 'latency_us');
  return value !== undefined && value > 0 ? value * 1e-6 : undefined;
}

/** Seconds of a row that states a latency, or a rate for `flop`. */
export function latencyOf(row: CsvRow, flop: number): number | undefined {
  const rate = number(row, 'tflops');
  return microseconds(row) ?? (rate !== undefined && rate > 0 && flop > 0 ? flop / (rate * 1e12) : undefined);
}

/** The engine whose kernels a row measured, by the words of its `kernel` column. */
export function engineOf(kernel: string): 'trt-llm' | 'sglang' | 'vllm' {
  if (/trt|tensorrt|torch_flow|min_latency/i.test(kernel)) return 'trt-llm';
  if (/sgl|deepgemm|flashmla|flashinfer/i.test(kernel)) return 'sglang';
  return 'vllm';
}

export function describe(file: string, index: number, row: CsvRow): string {
  return [`${file}:${index + 2}`, text(row, 'op'), text(row, 'gpu'), text(row, 'dtype'), text(row, 'kernel')].join(' ');
}
