import { type CsvRow, number, text } from './csv.ts';
import { gpuNamed, modelNamed, type TrainingEngineName, trainingEngineNamed } from './names.ts';
import { NotCovered, type PlanText, requireCount } from './plans.ts';
import { trainingModel } from './trainingModels.ts';

type Degrees = Readonly<Record<'tp' | 'pp' | 'vpp' | 'cp' | 'ep', number>>;

/**
 * Settings that Megatron-Bridge's recipes publish for a model on a GPU, for rows that give a result without its setting
 * (docs/performance-summary-archive.md; long context: yanring/Megatron-MoE-ModelZoo).
 */
const RECIPES: Readonly<Record<string, Readonly<Record<string, Partial<Degrees> & { readonly batch: number }>>>> = {
  'DeepSeek-V3': {
    gb200: { tp: 1, pp: 4, vpp: 4, ep: 64, batch: 4096 },
    gb300: { tp: 1, pp: 2, vpp: 8, ep: 32, batch: 4096 },
    h100: { tp: 2, pp: 8, vpp: 4, ep: 64, batch: 8192 },
  },
  'Qwen3-235B-A22B': {
    gb200: { tp: 1, pp: 8, vpp: 3, ep: 32, batch: 8192 },
    gb300: { tp: 4, pp: 4, vpp: 12, cp: 4, ep: 32, batch: 1024 },
  },
};

/** What a table says of a model, however its name is written. */
function ofModel<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  const known = modelNamed(name, Object.keys(table));
  return known === undefined ? undefined : table[known];
}

export interface TrainingFacts {
  readonly model: ReturnType<typeof trainingModel>;
  readonly gpus: number;
  readonly length: number;
  readonly globalBatch: number;
  readonly microBatch: number;
  readonly degrees: Degrees;
}

/** The sizes of a row, what it leaves out taken from recipes and the engines' defaults. */
export function trainingFacts(row: CsvRow): TrainingFacts {
  const model = trainingModel(text(row, 'model'), number(row, 'seq_len') ?? 4096);
  const recipe = ofModel(RECIPES, model.name)?.[gpuKey(row)];
  const length = number(row, 'seq_len') ?? (recipe ? 4096 : undefined);
  if (length === undefined) throw new NotCovered('the row has no sequence length');
  const isBare = text(row, 'tp') === '' || text(row, 'global_batch') === '';
  const degree = (name: keyof Degrees) => number(row, name) ?? (isBare ? recipe?.[name] : undefined) ?? 1;
  const stated = { tp: degree('tp'), pp: degree('pp'), vpp: degree('vpp'), cp: degree('cp'), ep: degree('ep') };
  const dp = number(row, 'dp');
  const product = stated.tp * stated.pp * stated.cp;
  // Experts over many machines: runs of that size have no second copy of them.
  const wide = stated.ep > 8 ? stated.pp * Math.max(stated.tp * stated.cp, stated.ep) : undefined;
  const gpus = number(row, 'num_gpus') ?? (dp === undefined ? wide : product * dp);
  if (gpus === undefined) throw new NotCovered('the row does not say how many GPUs ran');
  const microBatch = number(row, 'micro_batch') ?? 1;
  const ranks = Math.max(1, gpus / product);
  // torchtitan: without accumulation each rank has one local batch, of as many micro-batches as there are stages.
  const globalBatch =
    number(row, 'global_batch') ??
    recipe?.batch ??
    (engineOf(row) === 'torchtitan' ? microBatch * ranks * stated.pp : undefined) ??
    // DeepSeek-V3's report: 15,360 sequences for most of the run.
    (text(row, 'engine') === 'HAI-LLM' ? 15_360 : undefined);
  if (globalBatch === undefined) throw new NotCovered('the row has no global batch');
  // More ranks than sequences: the columns contradict each other, and each sequence must lie on more GPUs.
  const spare = Math.max(1, ranks / globalBatch);
  const degrees = { ...stated, cp: stated.cp * spare, vpp: interleaving(row, stated.vpp, stated.pp) };
  for (const one of Object.values(degrees)) requireCount('degree', one);
  requireCount('GPUs', gpus);
  requireCount('tokens', length);
  requireCount('sequences', globalBatch);
  requireCount('sequences', microBatch);
  return { model, gpus, length, globalBatch, microBatch, degrees };
}

/** NeMo's recipes of 2024 interleave every pipeline, down to chunks of two layers or one; their tuning table leaves that out. */
function interleaving(row: CsvRow, vpp: number, pp: number): number {
  const isTuned = /nemo/i.test(text(row, 'engine')) && !/bridge/i.test(text(row, 'engine'));
  return vpp === 1 && text(row, 'vpp') === '' && pp > 1 && isTuned ? 4 : vpp;
}

function gpuKey(row: CsvRow): string {
  return gpuNamed(text(row, 'gpu'))?.key ?? '';
}

export function engineOf(row: CsvRow): TrainingEngineName {
  return trainingEngineNamed(text(row, 'engine')) ?? 'megatron';
}

/** The plan of one row as a user would write it. */
export function trainingPlan(row: CsvRow): PlanText {
  const facts = trainingFacts(row);
  const { gpus, degrees, model } = facts;
  const { tp, pp, vpp, cp, ep } = degrees;
  const parallel = [`tp = ${tp}, cp = ${cp}, pp = ${pp}, ep = ${ep}`];
  if (vpp > 1) parallel.push(`vpp = ${vpp}`);
  // Rows that leave it out are recipes of Megatron-Bridge, or of papers that keep experts whole as it does.
  const etp = number(row, 'etp') ?? (ep > 1 ? 1 : undefined);
  if (etp !== undefined) parallel.push(`etp = ${etp}`);
  if (/dualpipe/i.test(text(row, 'schedule'))) parallel.push('schedule = dualpipe');
  parallel.push(`zero = ${zeroOf(row)}`, `recompute = [${recomputeOf(row).join(', ')}]`, ...overlaps(row, tp));
  const machine = machineOf(row, gpus);
  return {
    model: modelOf(row, model),
    gpu: text(row, 'gpu'),
    gpus,
    ...(machine && { machine }),
    workload: [
      `length = ${facts.length} tokens, global-batch = ${facts.globalBatch}, micro-batch = ${facts.microBatch}`,
      ...(/muon/i.test(text(row, 'notes')) ? ['optimizer = muon'] : []),
      ...(/lora/i.test(text(row, 'phase')) ? ['trainable = adapters'] : []),
    ].join(', '),
    body: [
      ...stagesOf(facts),
      `parallel { ${parallel.join(', ')} }`,
      `types { ${typesOf(row)} }`,
      `engine { ${engineFacts(row)} }`,
    ],
  };
}

/**
 * Routers balanced by an auxiliary loss alone, as a Zipf exponent over the experts in order: a rank of 16 of 128 experts gets
 * a third more tokens than the mean. Benchmarks force an even balance unless they say otherwise.
 */
const NATURAL_BALANCE = 'popularity = zipf 0.15';

function modelOf(row: CsvRow, { name, block }: TrainingFacts['model']): PlanText['model'] {
  if (block !== undefined) return { block };
  return /natural/i.test(text(row, 'moe_balance')) ? { block: `experts { ${NATURAL_BALANCE} }`, of: name } : name;
}

/**
 * Layers that do not divide: embedding, output head and each prediction module take a layer's place
 * (Megatron-Core's account-for-embedding-in-pipeline-split and its layouts), the first stages get one more.
 */
function stagesOf({ model, degrees }: TrainingFacts): readonly string[] {
  const shape = ofModel(UNEVEN, model.name);
  if (!shape || degrees.pp === 1) return [];
  const { layers, modules } = shape;
  const slots = layers + 2 + modules;
  let next = 0;
  return Array.from({ length: degrees.pp }, (_, stage) => {
    const own = Math.floor(slots / degrees.pp) + (stage < slots % degrees.pp ? 1 : 0);
    const ends = (stage === 0 ? 1 : 0) + (stage === degrees.pp - 1 ? 1 + modules : 0);
    const first = next;
    next = Math.min(layers, next + Math.max(1, own - ends));
    if (stage === degrees.pp - 1) next = layers;
    return `stage s${stage} { layers = ${first}..${next - 1} }`;
  });
}

const UNEVEN: Readonly<Record<string, { readonly layers: number; readonly modules: number }>> = {
  'DeepSeek-V3': { layers: 61, modules: 1 },
  'Kimi-K2': { layers: 61, modules: 0 },
  'Llama-3.1-405B': { layers: 126, modules: 0 },
  'Qwen3-235B-A22B': { layers: 94, modules: 0 },
};

export function zeroOf(row: CsvRow): number {
  const sharding = text(row, 'optimizer_sharding');
  if ((number(row, 'fsdp_shard') ?? 0) > 1 || /fsdp/i.test(sharding)) return 3;
  if (/distributed|zero-1/i.test(sharding)) return 1;
  // NeMo's recipes and Megatron's MoE examples shard the optimizer; Megatron-LM alone does not unless told to.
  return /nemo|bridge|core|hai/i.test(text(row, 'engine')) ? 1 : 0;
}

const MODULES: readonly (readonly [pattern: RegExp, module: string])[] = [
  [/layernorm|\bnorm\b/, 'norm'],
  [/mla_up_proj/, 'mla-up'],
  [/moe_act|\bact\b/, 'activation'],
  [/\bmoe\b/, 'experts'],
  [/core.attn|core attention/, 'selective'],
];

export function recomputeOf(row: CsvRow): readonly string[] {
  const written = text(row, 'recompute').toLowerCase();
  if (written.startsWith('full')) return ['full'];
  if (/\bsac\b|selective ac|^selective$|seqsel/.test(written)) return ['selective'];
  const modules = MODULES.flatMap(([pattern, module]) => (pattern.test(written) ? [module] : []));
  if (modules.length > 0) return modules;
  // Megatron-LM's first examples recompute every layer, and torchtitan's config selectively, unless told otherwise.
  if (/^v2\./.test(text(row, 'engine_version'))) return ['full'];
  return engineOf(row) === 'torchtitan' ? ['selective'] : ['none'];
}

/** Megatron-LM before sequence parallelism, flash attention and the overlap of gradients. */
function isEarly(row: CsvRow): boolean {
  return text(row, 'engine') === 'Megatron-LM' && /^v2\.|2205/.test(text(row, 'engine_version'));
}

function overlaps(row: CsvRow, tp: number): readonly string[] {
  const engine = text(row, 'engine');
  const written = text(row, 'overlap').toLowerCase();
  const facts: string[] = [];
  const early = isEarly(row);
  const stated = text(row, 'sequence_parallel');
  if (stated === 'False' || (stated === '' && early)) facts.push('sequence-parallel = false');
  if (early) facts.push('dp-overlap = false');
  const isDense = text(row, 'ep') === '';
  // NeMo and Megatron-Bridge switch Transformer Engine's overlapped products on for dense models.
  const asynchronous =
    /async tp|tp comm overlap|tp-comm-overlap/.test(written) ||
    /asynctp/i.test(text(row, 'notes')) ||
    (/nemo|bridge/i.test(engine) && isDense);
  if (tp > 1 && asynchronous) facts.push('tp-overlap = true');
  return facts;
}

/** Weights are kept in bf16 (fp32 shards in FSDP2) and multiplied in the row's precision. */
export function typesOf(row: CsvRow): string {
  const precision = (text(row, 'precision') || text(row, 'weights_dtype')).toUpperCase();
  const types = ['weights = bf16', 'experts = bf16'];
  if (/NVFP4/.test(precision)) types.push('compute = nvfp4');
  // One scale per row is as fine as one per block, and costs as much.
  else if (
    /MX[-_ ]?FP8|FP8[-_ ]MX|BLK|BLOCK|FP8[-_ ]SC|FP8 MIXED/.test(precision) ||
    /rowwise/.test(text(row, 'notes'))
  )
    types.push('compute = fp8-block');
  else if (/FP8|FLOAT8/.test(precision)) types.push('compute = fp8');
  // Megatron-Bridge's recipes of the DeepSeek family keep gradients and moments in 16 bits.
  if (/bridge/i.test(text(row, 'engine')) && /moonlight|deepseek|kimi/i.test(text(row, 'model'))) {
    types.push('gradients = bf16', 'moments = bf16');
  }
  return types.join(', ');
}

function engineFacts(row: CsvRow): string {
  const facts = [`name = ${engineOf(row)}`];
  const dispatcher = text(row, 'moe_dispatcher').toLowerCase();
  const engine = text(row, 'engine');
  const isNew = /container|2603/i.test(engine);
  if (/deepep|hybridep|flex/.test(dispatcher) || (dispatcher === '' && isNew) || engine === 'HAI-LLM') {
    facts.push('all-to-all = deepep');
  }
  if (/a2a overlap on/i.test(text(row, 'overlap'))) facts.push('two-batch-overlap = true');
  const flash = flashAttentionOf(row);
  if (flash !== undefined) facts.push(`flash-attention = ${flash}`);
  if (hasFusedExperts(row)) facts.push('fused-experts = true');
  const notes = text(row, 'notes');
  if (engineOf(row) === 'torchtitan' && /FSDP/.test(notes) && !/compile/.test(notes)) facts.push('fused = false');
  return facts.join(', ');
}

/**
 * Megatron-Bridge runs MXFP8 experts with SwiGLU through cuDNN's fused grouped products on Blackwell from release 26.06
 * on. They were off for gpt-oss in 26.06.01 (its notes: a known regression of cudnn-frontend); Nemotron's squared ReLU has
 * no such kernel, and Kimi K2's published rates are the same before and after that release.
 */
function hasFusedExperts(row: CsvRow): boolean {
  const release = Number.parseFloat(text(row, 'engine_version'));
  return (
    /bridge/i.test(text(row, 'engine')) &&
    /MX[-_ ]?FP8|FP8[-_ ]MX/i.test(text(row, 'precision')) &&
    release >= 26.06 &&
    !/nemotron|kimi/i.test(text(row, 'model')) &&
    !/known regression/.test(text(row, 'notes'))
  );
}

/** PyTorch's own attention and NeMo until its 24.07 release ran kernels of FlashAttention 2's speed on Hopper. */
function flashAttentionOf(row: CsvRow): number | undefined {
  if (isEarly(row)) return 0;
  const isOldNemo = /nemo/i.test(text(row, 'engine')) && Number.parseFloat(text(row, 'engine_version')) < 24.08;
  return isOldNemo || engineOf(row) === 'torchtitan' ? 2 : undefined;
}

export function machineOf(row: CsvRow, gpus: number): PlanText['machine'] {
  const key = gpuKey(row);
  // Jobs that span racks take 64 GPUs of each, so that parallel groups of a power of two stay inside.
  if ((key === 'gb200' || key === 'gb300') && gpus > 72) {
    const node = `${key.toUpperCase()}-NVL72-tray`;
    return { blocks: [`node rack-of-64 extends ${node} { domain = 64 }`], node: 'rack-of-64', gpus: 4 };
  }
  // Meta's Grand Teton: 96 GB of HBM2e at 2.4 TB/s, 500 W in place of 700: clocks go with the cube root of power.
  if (/HBM2e/.test(text(row, 'gpu'))) {
    return {
      blocks: [
        'gpu H100-HBM2e extends H100-SXM { memory = 96 GB, bandwidth = 2.4 TB/s, bf16 = 884 TFLOP/s, fp8 = 1769 TFLOP/s }',
        'node grand-teton extends DGX-H100 { gpu = H100-HBM2e }',
      ],
      node: 'grand-teton',
      gpus: 8,
    };
  }
  return undefined;
}
