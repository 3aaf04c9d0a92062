import { type CsvRow, number, text } from './csv.ts';
import { argumentsOf, type MegatronArguments, modelOfArguments } from './megatronArguments.ts';
import { NotCovered, type PlanText } from './plans.ts';
import { trainingModel } from './trainingModels.ts';
import { engineOf, machineOf, recomputeOf, typesOf, zeroOf } from './trainingPlans.ts';

/** The plan of one row as a user would write it. */
export function memoryPlan(row: CsvRow): PlanText {
  const given = argumentsOf(text(row, 'arch'));
  if (text(row, 'arch') !== '' && !given) throw new NotCovered('the row writes its model in a way that is not known');
  const phase = text(row, 'phase').toLowerCase();
  return phase.startsWith('inference') ? inferencePlan(row) : trainingMemoryPlan(row, given);
}

function degreesOf(row: CsvRow) {
  const tp = number(row, 'tp') ?? 1;
  const pp = number(row, 'pp') ?? 1;
  const cp = number(row, 'cp') ?? 1;
  const ep = number(row, 'ep') ?? 1;
  const stage = Math.max(tp * cp * (number(row, 'dp') || number(row, 'attn_dp') || 1), ep * (number(row, 'etp') ?? 1));
  const gpus = number(row, 'num_gpus') ?? pp * stage;
  return { tp, pp, cp, ep, gpus: gpus % pp === 0 && gpus >= tp * pp * cp ? gpus : pp * stage };
}

function inferencePlan(row: CsvRow): PlanText {
  const { tp, pp, ep, gpus } = degreesOf(row);
  const written = text(row, 'model').replace(/ \(.*$/, '');
  const engine = text(row, 'engine').toLowerCase();
  const name = ['vllm', 'sglang'].find((known) => known === engine) ?? 'trt-llm';
  return {
    model: written,
    gpu: text(row, 'gpu') || 'H100',
    gpus,
    workload: 'input = 1000 tokens, output = 1000 tokens, concurrency = 1',
    body: [
      `parallel { tp = ${tp}, pp = ${pp}${ep > 1 ? `, ep = ${ep}` : ''} }`,
      `engine { name = ${name} }`,
      ...checkpointTypes(row),
    ],
  };
}

/** Types that the row states and that are not those of the model's own checkpoint. */
function checkpointTypes(row: CsvRow): readonly string[] {
  const written = text(row, 'weights_dtype');
  if (/fbgemm/i.test(written)) return ['types { weights = fp8, attention = bf16, embedding = bf16 }'];
  if (/NVFP4/i.test(written)) return ['types { weights = bf16, attention = bf16, experts = nvfp4 }'];
  if (/^BF16$/i.test(written)) return ['types { weights = bf16 }'];
  return [];
}

function trainingMemoryPlan(row: CsvRow, given: MegatronArguments | undefined): PlanText {
  const { tp, pp, cp, ep, gpus } = degreesOf(row);
  const length = number(row, 'seq_len') ?? 4096;
  const known = trainingModel(text(row, 'model'), length);
  const dp = Math.max(1, gpus / (tp * pp * cp));
  const microBatch = number(row, 'micro_batch') ?? 1;
  const batch = number(row, 'global_batch') ?? microBatch * dp * pp;
  const parallel = [`tp = ${tp}, cp = ${cp}, pp = ${pp}`];
  const etp = number(row, 'etp') ?? (given ? tp : 1);
  if (ep > 1 || given?.['num-experts'] !== undefined) parallel.push(`ep = ${ep}, etp = ${etp}`);
  const vpp = interleaving(row, given, pp);
  if (vpp > 1) parallel.push(`vpp = ${vpp}`);
  parallel.push(`zero = ${shardingOf(row, given)}`, `recompute = [${recomputeOf(row).join(', ')}]`);
  const quantity = text(row, 'quantity').toLowerCase();
  const split = given ? given['sequence-parallel'] === 'true' : !quantity.includes('tp only');
  parallel.push(`sequence-parallel = ${split && tp > 1}`);
  const machine = machineOf(row, gpus);
  const isGpt = given !== undefined && given.normalization === undefined;
  const engine = [`name = ${engineOf(row)}`];
  if (given?.['attention-backend'] === 'unfused' || /Megatron-LM/.test(text(row, 'engine'))) {
    engine.push('flash-attention = 0');
  }
  return {
    model: given ? { block: modelOfArguments(given, tp) } : known.block === undefined ? known.name : { block: known.block },
    gpu: text(row, 'gpu'),
    gpus,
    ...(machine && { machine }),
    workload: [
      `length = ${length} tokens, global-batch = ${batch}, micro-batch = ${microBatch}`,
      // Megatron-LM drops a tenth unless told otherwise; the releases of large models say 0.
      ...(isGpt || /Megatron-LM/.test(text(row, 'engine')) ? ['dropout = 10%'] : []),
      ...(/lora/i.test(text(row, 'phase')) ? ['trainable = adapters'] : []),
    ].join(', '),
    body: [
      `parallel { ${parallel.join(', ')} }`,
      `types { ${given ? argumentTypes(given) : typesOf(row)} }`,
      `engine { ${engine.join(', ')} }`,
    ],
  };
}

function argumentTypes(given: MegatronArguments): string {
  if (given['fp8-format'] === undefined) return 'weights = bf16';
  return `weights = bf16, compute = ${given['fp8-recipe'] === 'tensorwise' ? 'fp8' : 'fp8-block'}`;
}

function shardingOf(row: CsvRow, given: MegatronArguments | undefined): number {
  if (!given) return zeroOf(row);
  if (given['use-megatron-fsdp'] === 'true') return 3;
  return given['use-distributed-optimizer'] === 'true' ? 1 : 0;
}

/** Chunks per GPU: layers of a stage over those of a chunk. */
function interleaving(row: CsvRow, given: MegatronArguments | undefined, pp: number): number {
  const perChunk = Number(given?.['num-layers-per-virtual-pipeline-stage'] ?? Number.NaN);
  if (Number.isFinite(perChunk) && pp > 1) return Math.max(1, Number(given?.['num-layers']) / pp / perChunk);
  return pp > 1 && /Interleaved/.test(text(row, 'notes')) ? 2 : 1;
}
