import { type CsvRow, number, text } from './csv.ts';
import { argumentsOf, type MegatronArguments, modelOfArguments } from './megatronArguments.ts';
import { servingEngineNamed } from './names.ts';
import { NotCovered, type PlanText, requireCount } from './plans.ts';
import { trainingModel } from './trainingModels.ts';
import { engineOf, machineOf, recomputeOf, typesOf, zeroOf } from './trainingPlans.ts';

/** The plan of one row as a user would write it. */
export function memoryPlan(row: CsvRow): PlanText {
  const given = argumentsOf(text(row, 'arch'));
  if (text(row, 'arch') !== '' && !given) throw new NotCovered('the row writes its model in a way that is not known');
  const phase = text(row, 'phase').toLowerCase();
  if (/offloading/.test(text(row, 'model')))
    throw new NotCovered('activations go to the host: the language cannot say that');
  if (/grpo/.test(text(row, 'model'))) throw new NotCovered('reinforcement learning holds a serving engine too');
  return phase.startsWith('inference') ? inferencePlan(row) : trainingMemoryPlan(row, given);
}

/** A sharded optimizer's share follows from the GPUs. */
function requireGpus(row: CsvRow, given: MegatronArguments): void {
  // Experts over many machines: runs of that size have no second copy of them.
  const isWide = (number(row, 'ep') ?? 1) > 8;
  const isKnown = text(row, 'num_gpus') !== '' || text(row, 'dp') !== '' || isWide;
  if (!isKnown && given['use-distributed-optimizer'] === 'true') {
    throw new NotCovered('the row does not say over how many GPUs the optimizer is sharded');
  }
}

function degreesOf(row: CsvRow) {
  const tp = number(row, 'tp') ?? 1;
  const pp = number(row, 'pp') ?? 1;
  const cp = number(row, 'cp') ?? 1;
  const ep = number(row, 'ep') ?? 1;
  const stage = Math.max(tp * cp * (number(row, 'dp') || number(row, 'attn_dp') || 1), ep * (number(row, 'etp') ?? 1));
  const gpus = number(row, 'num_gpus') ?? pp * stage;
  for (const one of [tp, pp, cp, ep]) requireCount('degree', one);
  requireCount('GPUs', Math.max(gpus, pp * stage));
  return { tp, pp, cp, ep, gpus: gpus % pp === 0 && gpus >= tp * pp * cp ? gpus : pp * stage };
}

function inferencePlan(row: CsvRow): PlanText {
  const { tp, pp, ep, gpus } = degreesOf(row);
  const written = text(row, 'model').replace(/ \(.*$/, '');
  const name = servingEngineNamed(text(row, 'engine')) ?? 'trt-llm';
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

/** By words of the column, the more exact first. Quantised checkpoints leave embedding and head in 16 bits. */
const CHECKPOINTS: readonly (readonly [words: RegExp, types: string])[] = [
  [/fbgemm/i, 'weights = fp8, attention = bf16, embedding = bf16'],
  [/NVFP4/i, 'weights = bf16, attention = bf16, experts = nvfp4'],
  [/FP8.?block/i, 'weights = fp8-block, embedding = bf16'],
  [/^FP8/i, 'weights = fp8, embedding = bf16'],
  [/INT8|W8A8/i, 'weights = int8, embedding = bf16'],
  [/INT4|W4A16|AWQ|GPTQ/i, 'weights = int4, embedding = bf16'],
  [/^(BF16|FP16)$/i, 'weights = bf16'],
];

/**
 * Types that the row states; those of the model's own checkpoint where it states none, or mxfp4, which is no other's. What is
 * called FP8 of DeepSeek-V4 is the maker's own too, whose experts have 4 bits.
 */
function checkpointTypes(row: CsvRow): readonly string[] {
  const written = text(row, 'weights_dtype');
  if (/^DeepSeek-V4/i.test(text(row, 'model')) && /^FP8/i.test(written)) return [];
  const types = CHECKPOINTS.find(([words]) => words.test(written))?.[1];
  return types === undefined ? [] : [`types { ${types} }`];
}

function trainingMemoryPlan(row: CsvRow, given: MegatronArguments | undefined): PlanText {
  const length = number(row, 'seq_len');
  if (length === undefined && text(row, 'kind') === 'measured') throw new NotCovered('the row has no sequence length');
  if (given) requireGpus(row, given);
  return planOf(row, given, length ?? 4096);
}

function planOf(row: CsvRow, given: MegatronArguments | undefined, length: number): PlanText {
  const { tp, pp, cp, ep, gpus } = degreesOf(row);
  const dp = Math.max(1, gpus / (tp * pp * cp));
  const stated = number(row, 'global_batch');
  // torchtitan cuts a rank's batch into as many micro-batches as there are stages.
  const cut = engineOf(row) === 'torchtitan' && pp > 1 && stated !== undefined ? stated / dp / pp : 1;
  const microBatch = number(row, 'micro_batch') ?? Math.max(1, Math.round(cut));
  const batch = stated ?? microBatch * dp * pp;
  requireCount('tokens', length);
  requireCount('sequences', batch);
  requireCount('sequences', microBatch);
  const parallel = [`tp = ${tp}, cp = ${cp}, pp = ${pp}`];
  // Megatron splits experts as it splits attention unless told otherwise, as far as the GPUs go.
  const etp = number(row, 'etp') ?? (given && ep * tp <= gpus / pp ? tp : 1);
  if (ep > 1 || given?.['num-experts'] !== undefined) parallel.push(`ep = ${ep}, etp = ${etp}`);
  const vpp = interleaving(row, given, pp);
  const layout = pp > 1 ? given?.['pipeline-model-parallel-layout'] : undefined;
  if (layout !== undefined) parallel.push(`layout = "${layout}"`);
  else if (vpp > 1) parallel.push(`vpp = ${vpp}`);
  parallel.push(`zero = ${shardingOf(row, given)}`, `recompute = [${recomputeOf(row).join(', ')}]`);
  // Two instances of the distributed optimizer, as the test's name says.
  if (/multi_dist_optimizer_instances/.test(text(row, 'model'))) parallel.push(`shards = ${Math.max(1, dp / 2)}`);
  const quantity = text(row, 'quantity').toLowerCase();
  const split = given ? given['sequence-parallel'] === 'true' : !quantity.includes('tp only');
  parallel.push(`sequence-parallel = ${split && tp > 1}`);
  const machine = machineOf(row, gpus);
  const isGpt = given !== undefined && given.normalization === undefined;
  const engine = [`name = ${engineOf(row)}`];
  // Megatron-Bridge's recipes dispatch by DeepEP; torchtitan compiles its loss since 2025.
  if (/bridge/i.test(text(row, 'engine')) || given?.['moe-token-dispatcher-type'] === 'flex')
    engine.push('all-to-all = deepep');
  if (/^torchtitan$/.test(text(row, 'engine')) && /\(2025/.test(text(row, 'engine_version')))
    engine.push('fused-loss = true');
  if (engineOf(row) === 'torchtitan' && !/compile/.test(text(row, 'notes'))) engine.push('fused = false');
  // Megatron-Core's own default gathers all tokens; releases of large models name another dispatcher.
  const dispatcher =
    given?.['moe-token-dispatcher-type'] ?? (given?.['num-experts'] === undefined ? undefined : 'allgather');
  if (dispatcher === 'allgather') engine.push('all-to-all = gather');
  if (given?.['attention-backend'] === 'unfused' || /Megatron-LM/.test(text(row, 'engine'))) {
    engine.push('flash-attention = 0');
  }
  return {
    model: modelOf(row, given, tp, length),
    gpu: text(row, 'gpu'),
    gpus,
    ...(machine && { machine }),
    workload: [
      `length = ${length} tokens, global-batch = ${batch}, micro-batch = ${microBatch}`,
      // Megatron-LM drops a tenth unless told otherwise; the releases of large models say 0.
      ...(isGpt || /Megatron-LM/.test(text(row, 'engine')) ? ['dropout = 10%'] : []),
      ...(/muon/.test(text(row, 'model')) ? ['optimizer = muon'] : []),
      ...(/lora/i.test(text(row, 'phase')) ? ['trainable = adapters'] : []),
    ].join(', '),
    body: [
      `parallel { ${parallel.join(', ')} }`,
      `types { ${given ? argumentTypes(given) : typesOf(row)} }`,
      `engine { ${engine.join(', ')} }`,
    ],
  };
}

/** Of the row's arguments, except that those do not say where a hybrid model of known size has its attention. */
function modelOf(row: CsvRow, given: MegatronArguments | undefined, tp: number, length: number): PlanText['model'] {
  const written = text(row, 'model');
  const isHybrid = /nemotron3_super|lightning_nightly/.test(written);
  if (given && !isHybrid) return { block: modelOfArguments(given, tp, written.startsWith('nemotron/')) };
  const { name, block } = trainingModel(written, length);
  if (block !== undefined) return { block };
  const modules = given?.['mtp-num-layers'];
  return modules === undefined ? name : { block: `mtp = ${modules}`, of: name };
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
