import type { Evaluation, GpuMemory } from '../../server/src/cost/evaluation.ts';
import { weightBytesOf } from '../../server/src/cost/figures/memory.ts';
import { type CsvRow, number, text } from './csv.ts';
import { memoryPlan } from './memoryPlans.ts';
import { NotCovered, Planner } from './plans.ts';
import { type ScoredRow, scoreRows } from './rows.ts';

const GIB = 2 ** 30;

/** Every row of the folder's memory measurements beside its prediction; nothing when the folder has none. */
export function scoreMemory(folder: string): readonly ScoredRow[] | undefined {
  const planner = new Planner(folder);
  return scoreRows(folder, 'memory.csv', 'bytes', (row) => [scored(planner, row)]);
}

function scored(planner: Planner, row: CsvRow): ScoredRow {
  const gib = number(row, 'value_gib');
  const gigabytes = number(row, 'value_raw');
  const common = {
    id: text(row, 'id'),
    metric: 'bytes',
    measured: gib === undefined ? (gigabytes ?? Number.NaN) * 1e9 : gib * GIB,
    headline: ['measured', ''].includes(text(row, 'kind')),
    groups: {
      model: text(row, 'model'),
      gpu: text(row, 'gpu'),
      engine: text(row, 'engine'),
      phase: text(row, 'phase'),
    },
  };
  try {
    return { ...common, predicted: predictedBytes(row, planner.evaluate(planner.text(memoryPlan(row)))) };
  } catch (error) {
    if (!(error instanceof NotCovered || error instanceof RangeError)) throw error;
    return { ...common, reason: error.message };
  }
}

/** What the row's quantity names, on the GPU that it was read on. */
function predictedBytes(row: CsvRow, evaluation: Evaluation): number {
  const quantity = text(row, 'quantity').toLowerCase();
  const classes = evaluation.memory.flatMap((pool) => pool.classes);
  const [first] = classes;
  const last = classes.at(-1);
  if (!first || !last) throw new NotCovered('the plan has no GPU');
  const rank = /\brank (\d+)/.exec(quantity)?.[1];
  const named = rank === undefined ? classes : classes.filter(({ gpuClass }) => gpuClass.gpus.includes(Number(rank)));
  const most = (bytes: (one: GpuMemory) => number) => Math.max(...(named.length > 0 ? named : classes).map(bytes));
  // Megatron logs on its last rank, which is in the last stage.
  if (quantity.includes('logging rank')) return runtimeBytes(last);
  if (quantity.includes('peak')) return most(runtimeBytes);
  if (quantity === 'total') return most(runtimeBytes);
  if (quantity.startsWith('params+optimizer')) return weightBytesOf(first) + first.gradientBytes + first.optimizerBytes;
  if (quantity.startsWith('weights & gradients')) return weightBytesOf(first) + first.gradientBytes;
  if (quantity.startsWith('weights+activation')) return weightBytesOf(first) + first.activationBytes;
  if (quantity.startsWith('weights')) return most(weightBytesOf);
  if (quantity.startsWith('activations')) return first.activationBytes;
  if (quantity.startsWith('free')) return Math.min(...classes.map((one) => one.capacityBytes - weightBytesOf(one)));
  throw new NotCovered(`quantity ${quantity} is not known`);
}

/** What an allocator counts: all but what the runtime and its libraries take beside it. */
function runtimeBytes(one: GpuMemory): number {
  return one.totalBytes - one.bufferBytes - one.reserveBytes;
}
