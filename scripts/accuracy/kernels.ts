import { join } from 'node:path';
import { type CsvRow, malformation, readCsv } from './csv.ts';
import { readDecode, readOtherAttention, readPrefill } from './kernels/attention.ts';
import { describe, type KernelCase, type Unread } from './kernels/case.ts';
import { readLibrary, readOwn } from './kernels/collectives.ts';
import { readLocal, readLowLatency, readNvlink, readOtherExchange, readRemote } from './kernels/expertParallel.ts';
import { readGemm } from './kernels/gemm.ts';
import { readGrouped } from './kernels/grouped.ts';
import type { ScoredRow } from './rows.ts';

type Reader = (row: CsvRow, index: number) => KernelCase<never> | Unread | undefined;

/** Each row of a file is read by the first that knows it. */
const READERS: Readonly<Record<string, readonly Reader[]>> = {
  'gemm.csv': [readGemm],
  'moe.csv': [readGrouped],
  'attention.csv': [readPrefill, readDecode, readOtherAttention],
  'collectives.csv': [readLibrary, readOwn],
  'expert_parallel.csv': [readLocal, readRemote, readLowLatency, readNvlink, readOtherExchange],
};

/** Every row of the folder's kernel tables beside its prediction; nothing when the folder has none. */
export function scoreKernels(folder: string): readonly ScoredRow[] | undefined {
  const scored: ScoredRow[] = [];
  for (const [file, readers] of Object.entries(READERS)) {
    const rows = readCsv(join(folder, 'kernels', file)) ?? [];
    rows.forEach((row, index) => {
      const broken = malformation(row);
      try {
        if (broken !== undefined) scored.push(unreadable(file, index, row, broken));
        else scored.push(...scoredBy(readers, row, index));
      } catch (error) {
        scored.push(unreadable(file, index, row, error instanceof Error ? error.message : String(error)));
      }
    });
  }
  return scored.length > 0 ? scored : undefined;
}

function scoredBy(readers: readonly Reader[], row: CsvRow, index: number): readonly ScoredRow[] {
  for (const read of readers) {
    const result = read(row, index);
    if (result !== undefined) return [scoredRow(result)];
  }
  return [];
}

/** Nobody can tell of which family such a row is: it is named and left out. */
function unreadable(file: string, index: number, row: CsvRow, reason: string): ScoredRow {
  return scoredRow({ id: describe(file, index, row), family: 'unreadable', gpu: '', reason, headline: false });
}

function scoredRow(read: KernelCase<never> | Unread): ScoredRow {
  const { id, family, gpu } = read;
  if ('reason' in read) {
    return {
      id,
      metric: 'latency',
      measured: Number.NaN,
      reason: read.reason,
      headline: read.headline,
      groups: { gpu, family },
    };
  }
  return {
    id,
    metric: 'latency',
    measured: read.measured,
    predicted: read.predicted(),
    headline: read.aside === undefined,
    ...(read.aside !== undefined && { reason: read.aside }),
    groups: { gpu, family, engine: read.engine },
  };
}
