import { FITTED_GROUPED } from '../../../server/src/cost/constants/fitted/grouped.ts';
import {
  constantsOf,
  type GroupedConstants,
  type GroupedKernel,
  groupedSet,
} from '../../../server/src/cost/constants/grouped.ts';
import { type Hardware, precisionOf } from '../../../server/src/cost/hardware.ts';
import { type ExpertWork, groupedGemmWith, groupedProduct } from '../../../server/src/cost/kernels/grouped.ts';
import type { NumberType } from '../../../server/src/plan/model.ts';
import { type CsvRow, number, text } from '../csv.ts';
import { describe, engineOf, type KernelCase, latencyOf, microseconds, type Unread } from './case.ts';
import { benchmarkLoad } from './expertLoad.ts';
import { gpuOf, hardwareFor } from './machines.ts';
import { numberType } from './types.ts';

const FAMILY = 'grouped-gemm';
/** SwiGLU: every published shape is gated. */
const GATED = true;

type Read = KernelCase<GroupedConstants> | Unread;

/** A row of `moe.csv`: all expert kernels of a layer, or one of their grouped products. */
export function readGrouped(row: CsvRow, index: number): Read {
  const id = describe('moe.csv', index, row);
  const gpuName = text(row, 'gpu');
  const unread = (reason: string, headline: boolean): Unread => ({
    id,
    family: FAMILY,
    gpu: gpuName,
    reason,
    headline,
  });
  const gpu = gpuOf(gpuName);
  if (!gpu) return unread(`GPU ${gpuName} is not in the catalogue`, true);
  const type = numberType(text(row, 'dtype'));
  if (!type) return unread(`type ${text(row, 'dtype')} is not known`, true);
  const kernelText = text(row, 'kernel');
  const engine = engineOf(kernelText);
  const hardware = hardwareFor(gpu, engine);
  const kernel = kernelOf(kernelText);
  const about: About = { id, hardware, engine, type, kernel };
  switch (text(row, 'op')) {
    case 'moe_layer_local':
      return readLayer(row, about) ?? unread('shape or distribution is missing or strange', true);
    case 'grouped_gemm_up':
    case 'grouped_gemm_down':
    case 'grouped_gemm':
      return readProduct(row, about) ?? unread('no shape', false);
    default:
      return unread(`operation ${text(row, 'op')} is not a grouped product`, false);
  }
}

interface About {
  readonly id: string;
  readonly hardware: Hardware;
  readonly engine: string;
  readonly type: NumberType;
  readonly kernel: GroupedKernel;
}

function kernelOf(kernel: string): GroupedKernel {
  if (/min.?latency|trtllm.?gen/i.test(kernel)) return 'min-latency';
  return /deepgemm/i.test(kernel) ? 'deepgemm' : 'cutlass';
}

function readLayer(row: CsvRow, about: About): Read | undefined {
  const { id, hardware, engine, type, kernel } = about;
  const tokens = number(row, 'tokens');
  const width = number(row, 'hidden');
  const inner = number(row, 'inter');
  const experts = number(row, 'experts');
  const topK = number(row, 'topk');
  const measured = microseconds(row);
  const ep = number(row, 'ep') ?? 1;
  const tp = number(row, 'tp') ?? 1;
  if (!tokens || !width || !inner || !experts || !topK || !measured) return undefined;
  const distribution = text(row, 'distribution') || 'balanced';
  const load = benchmarkLoad(distribution, tokens, experts, topK, ep);
  if (!load) return undefined;
  const work: ExpertWork = { ...load, tokens };
  const ffn = Math.ceil(inner / tp);
  const seconds = (constants: GroupedConstants) =>
    groupedGemmWith(hardware, constants, GATED, width, ffn, work, type).seconds;
  const precision = precisionOf(hardware.gpu, type);
  return {
    id,
    family: FAMILY,
    gpu: hardware.gpu.name,
    engine,
    measured,
    predicted: () => seconds(constantsOf(hardware.family, precision, kernel)),
    trial: {
      set: groupedSet(hardware.family, precision, kernel),
      shape: `${width} x ${inner} of ${experts}`,
      seconds,
    },
  };
}

/** One grouped product: half of the start-up of the two. */
function readProduct(row: CsvRow, about: About): Read | undefined {
  const { id, hardware, engine, type, kernel } = about;
  const shape = text(row, 'op') === 'grouped_gemm' ? groupsOf(row) : projectionOf(row);
  if (!shape) return undefined;
  const { n, k, active, assignments } = shape;
  const measured = latencyOf(row, 2 * n * k * assignments);
  if (!measured || n * k * assignments <= 0) return undefined;
  const precision = precisionOf(hardware.gpu, type);
  const seconds = (constants: GroupedConstants) =>
    (constants.start + constants.perExpert * active) / 2 +
    groupedProduct(hardware, constants, n, k, assignments, active, type).seconds;
  // The table's own constants: what ships for whole layers adds the kernels between the products.
  const set = groupedSet(hardware.family, precision, kernel);
  const shipped = FITTED_GROUPED[set] ?? constantsOf(hardware.family, precision, kernel);
  return {
    id,
    family: FAMILY,
    gpu: hardware.gpu.name,
    engine,
    measured,
    predicted: () => seconds(shipped),
    trial: { set, shape: `${n} x ${k}`, seconds },
  };
}

interface Shape {
  readonly n: number;
  readonly k: number;
  readonly active: number;
  readonly assignments: number;
}

function groupsOf(row: CsvRow): Shape | undefined {
  const groups = number(row, 'groups');
  const rows = number(row, 'm_per_group');
  const n = number(row, 'n');
  const k = number(row, 'k');
  return groups && rows && n && k ? { n, k, active: groups, assignments: groups * rows } : undefined;
}

function projectionOf(row: CsvRow): Shape | undefined {
  const width = number(row, 'hidden');
  const inner = number(row, 'inter');
  const local = number(row, 'local_experts');
  const each = number(row, 'tokens_per_expert');
  if (!width || !inner || !local || !each) return undefined;
  const up = text(row, 'op') === 'grouped_gemm_up';
  return { n: up ? 2 * inner : width, k: up ? width : inner, active: local, assignments: local * each };
}
