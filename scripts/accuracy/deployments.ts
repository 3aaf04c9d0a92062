import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { type CsvRow, number, text } from './csv.ts';
import { servingEngineNamed } from './names.ts';
import { NotCovered, Planner } from './plans.ts';
import { type ScoredRow, scoreRows } from './rows.ts';

/** DeepSeek's own engine and profile: kernels and links without what a general engine adds. */
const OWN_ENGINE = /deepseek/i;

/** Tokens that one GPU reads in a step where the source does not say: the engines' usual limit. */
const PREFILL_TOKENS = 8192;
/** Sequences of one rank that an engine runs at most unless told otherwise. */
const MOST_SEQUENCES = 2048;
const DEFAULT_OUTPUT = 1000;
const PREFILL_REPLICAS = 8;

/**
 * Every row of the folder's deployments beside its prediction, tokens/s of one GPU: of the prompt in prefill rows, generated
 * ones in all others; nothing when the folder has none.
 */
export function scoreDeployments(folder: string): readonly ScoredRow[] | undefined {
  const planner = new Planner(folder);
  return scoreRows(folder, 'deployments.csv', 'throughput', (row) => [scored(planner, row)]);
}

function scored(planner: Planner, row: CsvRow): ScoredRow {
  const reading = isPrefill(row);
  const measured = reading
    ? (number(row, 'input_tps_per_gpu') ?? number(row, 'total_tps_per_gpu'))
    : (number(row, 'output_tps_per_gpu') ?? generatedOfTotal(row));
  const common = {
    id: text(row, 'id'),
    metric: 'throughput',
    measured: measured ?? Number.NaN,
    headline: true,
    groups: {
      model: text(row, 'model'),
      gpu: text(row, 'gpu'),
      engine: text(row, 'engine'),
      phase: text(row, 'phase'),
    },
  };
  try {
    const { text: plan, gpus } = deploymentPlan(planner, row);
    const evaluation = planner.evaluate(plan);
    const band = figuresOf(evaluation).throughput?.band;
    const ofOne = band && { low: band.low / gpus, high: band.high / gpus };
    const predicted = evaluation.prediction.throughputTokensPerSecond / gpus;
    return { ...common, predicted, ...(ofOne && { band: ofOne }) };
  } catch (error) {
    if (error instanceof NotCovered || error instanceof RangeError) return { ...common, reason: error.message };
    throw error;
  }
}

function isPrefill(row: CsvRow): boolean {
  return text(row, 'phase').startsWith('prefill');
}

/** Where a source counts prompt and generated tokens together: the generated share. */
function generatedOfTotal(row: CsvRow): number | undefined {
  const total = number(row, 'total_tps_per_gpu');
  const input = number(row, 'input_len');
  const output = number(row, 'output_len');
  if (total === undefined || input === undefined || output === undefined) return undefined;
  return (total * output) / (input + output);
}

/** The plan of one row as a user would write it, and its GPUs. */
export function deploymentPlan(planner: Planner, row: CsvRow): { readonly text: string; readonly gpus: number } {
  const written = text(row, 'engine');
  const engine = servingEngineNamed(written) ?? (OWN_ENGINE.test(written) ? 'ideal' : undefined);
  if (engine === undefined) throw new NotCovered(`engine ${written} is not known`);
  const input = number(row, 'input_len');
  if (input === undefined) throw new NotCovered('the row has no input length');
  // Columns that a source labels TP although its options spread attention over data parallel ranks.
  const spread = /enable_attention_dp: true/.test(text(row, 'notes'));
  const labelled = number(row, 'attn_tp') ?? 1;
  const tp = spread ? 1 : labelled;
  const dp = (number(row, 'attn_dp') ?? 1) * (spread ? labelled : 1);
  const cp = number(row, 'cp') ?? 1;
  const pp = number(row, 'pp') ?? 1;
  const gpus = tp * dp * cp * pp;
  const degrees = [`tp = ${tp}`, `dp = ${dp}`, `cp = ${cp}`, `pp = ${pp}`];
  const etp = spread ? 1 : number(row, 'moe_tp');
  const ep = spread ? labelled : number(row, 'moe_ep');
  if (etp !== undefined) degrees.push(`etp = ${etp}`);
  if (ep !== undefined) degrees.push(`ep = ${ep}`);
  const body = [`types { ${typesOf(row)} }`];
  const parallel = `parallel { ${degrees.join(', ')} }`;
  const redundant = /(\d+) redundant/.exec(text(row, 'moe_balance') || text(row, 'dense_ffn'))?.[1];
  if (redundant !== undefined) body.push(`redundant-experts = ${redundant}`);
  body.push(`engine { ${engineOf(row, engine, dp, ep ?? 1)} }`);
  let all = gpus;
  if (isDecode(row)) {
    // Prompts come with their cache: a prefill side that is never the slower one.
    all = gpus * (1 + PREFILL_REPLICAS);
    body.push(
      `pool prefill { gpus = ${gpus}..${all - 1}, replicas = ${PREFILL_REPLICAS}, ${parallel} }`,
      `pool decode { gpus = 0..${gpus - 1}, ${parallel} }`,
      'prefill -> decode',
    );
  } else body.push(parallel);
  const workload = workloadOf(row, input, gpus / tp / cp / pp);
  return { text: planner.text({ model: text(row, 'model'), gpu: text(row, 'gpu'), gpus: all, body, workload }), gpus };
}

/**
 * Prefill is one batch forward; decode reads no prompts, they come with their cache. Where the source gives neither batch
 * nor concurrency but says that memory limits it, there are as many requests as an engine takes.
 */
function workloadOf(row: CsvRow, input: number, ranks: number): string {
  if (isPrefill(row)) {
    const tokens = (number(row, 'tokens_per_gpu_batch') ?? PREFILL_TOKENS) * ranks;
    return `sequences = ${Math.max(ranks, Math.round(tokens / input))}, length = ${input} tokens`;
  }
  const output = number(row, 'output_len') ?? DEFAULT_OUTPUT;
  const batch = number(row, 'batch_per_gpu');
  const fills = /max throughput/.test(text(row, 'phase')) || /fill/.test(text(row, 'notes')) || isDecode(row);
  const concurrency =
    number(row, 'concurrency') ??
    (batch === undefined ? undefined : batch * ranks) ??
    (fills ? MOST_SEQUENCES * ranks : undefined);
  if (concurrency === undefined) throw new NotCovered('the row has neither a batch nor a concurrency');
  const cached = isDecode(row) ? ', prefix-share = 100%' : '';
  return `input = ${input} tokens, output = ${output} tokens, concurrency = ${concurrency}${cached}`;
}

function isDecode(row: CsvRow): boolean {
  return text(row, 'phase') === 'decode';
}

/** Types in the sources' words: `FP8 block`, `NVFP4 MoE + o_proj, FP8 q_b`, `BF16`. */
function typesOf(row: CsvRow): string {
  const model = text(row, 'model').toLowerCase();
  const weights = numberType(text(row, 'weights_dtype'), model);
  const experts = numberType(text(row, 'moe_dtype') || text(row, 'weights_dtype'), model);
  const mixed = /moe/i.test(text(row, 'weights_dtype'));
  const latent = /deepseek|kimi/.test(model);
  const parts = model.includes('gpt-oss')
    ? ['weights = bf16', 'experts = mxfp4']
    : [`weights = ${weights}`, `experts = ${experts}`];
  if (weights === 'nvfp4' && latent) parts.push(`attention = ${mixed ? 'fp8' : 'bf16'}`);
  const kv = text(row, 'attn_kv_dtype').toLowerCase();
  const trt = servingEngineNamed(text(row, 'engine')) === 'trt-llm';
  // NVIDIA's quantised checkpoints bring scales for an 8-bit cache; block-scaled ones have none.
  const scaled = weights === 'nvfp4' || (trt && weights === 'fp8');
  const narrow = kv === 'fp8' || (kv === '' && scaled);
  parts.push(`kv = ${narrow ? 'fp8' : 'bf16'}`);
  return parts.join(', ');
}

function numberType(written: string, model: string): string {
  const plain = written.toLowerCase();
  if (plain.includes('nvfp4') || plain === 'fp4') return 'nvfp4';
  if (plain.includes('mxfp4')) return 'mxfp4';
  if (plain.includes('block')) return 'fp8-block';
  if (plain.includes('fp8')) return /deepseek|kimi|qwen3-235b/.test(model) ? 'fp8-block' : 'fp8';
  if (plain.includes('bf16') || plain.includes('fp16')) return 'bf16';
  throw new NotCovered(`number type ${written} is not known`);
}

function engineOf(row: CsvRow, engine: string, dp: number, ep: number): string {
  const parts = [`name = ${engine}`];
  const overlap = text(row, 'overlap');
  if (/max throughput/.test(text(row, 'phase'))) parts.push('memory-fraction = 0.95');
  // Public commands with attention data parallelism state their share, 0.75 to 0.87: the default shrinks with the ranks.
  if (engine === 'sglang' && dp > 1) parts.push('memory-fraction = 0.85');
  if (/TBO on|DBO on|two micro-batches|dual micro-batch/.test(overlap)) parts.push('two-batch-overlap = true');
  if (/shared experts/.test(overlap)) parts.push('shared-overlap = true');
  // Large expert groups exchange tokens with DeepEP; attention data parallelism inside a machine gathers them.
  if (dp > 1 && ep > 8) parts.push('all-to-all = deepep');
  else if (dp > 1 && engine !== 'trt-llm') parts.push('all-to-all = deepep');
  else if (dp > 1) parts.push('all-to-all = gather');
  if (/^MTP/.test(text(row, 'mtp'))) throw new NotCovered('the acceptance of speculative tokens is not stated');
  return parts.join(', ');
}
