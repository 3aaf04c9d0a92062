import { visitPairs } from '../../../server/src/services/preview/trafficCells.ts';
import type { PreviewTraffic } from '../../../server/src/services/preview/trafficProtocol.ts';
import { blocksOf, type Unit } from './units.ts';

/** Bytes per step that each row sends to each column. */
export interface Matrix {
  readonly rows: readonly Unit[];
  readonly columns: readonly Unit[];
  /** Whether the rows or columns belong to several stages or pools. */
  readonly isNamed: boolean;
  /** Row by row. */
  readonly bytes: Float64Array;
  readonly byOperation: ReadonlyMap<string, Float64Array>;
  /** The smallest and the largest number that is not 0; 0 if all are 0. */
  readonly least: number;
  readonly most: number;
}

export function matrixOf(traffic: PreviewTraffic, rows: readonly Unit[], columns: readonly Unit[]): Matrix {
  const { gpus, flows } = traffic;
  const cells = rows.length * columns.length;
  const bytes = new Float64Array(cells);
  const byOperation = new Map<string, Float64Array>();
  const position = new Map(gpus.gpu.map((gpu, index) => [gpu, index]));
  const rowOf = indexOf(rows, gpus.gpu.length);
  const columnOf = indexOf(columns, gpus.gpu.length);
  const domainOf = (gpu: number) => gpus.domain[position.get(gpu) ?? -1] ?? -1;
  for (const flow of flows) {
    const flowBytes = byOperation.get(flow.label) ?? new Float64Array(cells);
    let isUsed = byOperation.has(flow.label);
    visitPairs(flow, domainOf, (from, to, sent) => {
      const row = rowOf[position.get(from) ?? -1] ?? -1;
      const column = columnOf[position.get(to) ?? -1] ?? -1;
      if (row < 0 || column < 0 || sent === 0) return;
      const cell = row * columns.length + column;
      flowBytes[cell] = (flowBytes[cell] ?? 0) + sent;
      bytes[cell] = (bytes[cell] ?? 0) + sent;
      isUsed = true;
    });
    if (isUsed) byOperation.set(flow.label, flowBytes);
  }
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const cellBytes of bytes) {
    if (cellBytes <= 0) continue;
    least = Math.min(least, cellBytes);
    most = Math.max(most, cellBytes);
  }
  const isNamed = [rows, columns].some((units) => blocksOf(traffic, units).length > 1);
  return { rows, columns, isNamed, bytes, byOperation, least: most > 0 ? least : 0, most };
}

function indexOf(units: readonly Unit[], size: number): Int32Array {
  const index = new Int32Array(size).fill(-1);
  for (const [unit, { members }] of units.entries()) for (const member of members) index[member] = unit;
  return index;
}

/** Where a number of bytes lies between the least and the most, from 0 to 1, on a logarithmic scale. */
export function heatOf({ least, most }: Matrix, bytes: number): number {
  if (bytes <= 0) return 0;
  // Equal bytes are neither much nor little.
  if (most <= least * (1 + 1e-9)) return 0.6;
  return Math.log(bytes / least) / Math.log(most / least);
}

/** What a row sends and a column receives in all. */
export function sums({ rows, columns, bytes }: Matrix) {
  const sent = rows.map((_, row) =>
    bytes.subarray(row * columns.length, (row + 1) * columns.length).reduce((sum, cellBytes) => sum + cellBytes, 0),
  );
  const received = columns.map((_, column) =>
    rows.reduce((sum, __, row) => sum + (bytes[row * columns.length + column] ?? 0), 0),
  );
  return { sent, received };
}
