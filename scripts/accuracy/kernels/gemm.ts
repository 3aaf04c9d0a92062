import type { GemmConstants } from '../../../server/src/cost/constants/gemm.ts';
import { gemmSet } from '../../../server/src/cost/constants/gemm.ts';
import { precisionOf } from '../../../server/src/cost/hardware.ts';
import { gemm, gemmWith } from '../../../server/src/cost/kernels/gemm.ts';
import { type CsvRow, number, text } from '../csv.ts';
import { describe, engineOf, type KernelCase, latencyOf, type Unread } from './case.ts';
import { gpuOf, hardwareFor } from './machines.ts';
import { numberType } from './types.ts';

const FAMILY = 'gemm';

/** A row of `gemm.csv`: m, n, k and a latency or TFLOP/s. */
export function readGemm(row: CsvRow, index: number): KernelCase<GemmConstants> | Unread {
  const id = describe('gemm.csv', index, row);
  const gpuName = text(row, 'gpu');
  const unread = (reason: string, headline: boolean): Unread => ({
    id,
    family: FAMILY,
    gpu: gpuName,
    reason,
    headline,
  });
  const m = number(row, 'm');
  const n = number(row, 'n');
  const k = number(row, 'k');
  if (m === undefined || n === undefined || k === undefined || m * n * k <= 0) return unread('no shape', false);
  const measured = latencyOf(row, 2 * m * n * k);
  if (measured === undefined) return unread('neither latency nor rate', false);
  const gpu = gpuOf(gpuName);
  if (!gpu) return unread(`GPU ${gpuName} is not in the catalogue`, true);
  const type = numberType(text(row, 'dtype'));
  if (!type) return unread(`type ${text(row, 'dtype')} is not known`, true);
  const engine = engineOf(text(row, 'kernel'));
  const hardware = hardwareFor(gpu, engine);
  const best = text(row, 'op').includes('max_achievable');
  const set = gemmSet(hardware.family, precisionOf(gpu, type), hardware.kernels.blockScaled);
  return {
    id,
    family: FAMILY,
    gpu: gpu.name,
    engine,
    measured,
    ...(best && { aside: 'the best of many shapes searched for' }),
    predicted: () => gemm(hardware, m, n, k, type).seconds,
    trial: {
      set,
      shape: `${n} x ${k}`,
      seconds: (constants) => gemmWith(hardware, constants, m, n, k, type).seconds,
    },
  };
}
