import { type CsvRow, number, text } from './csv.ts';
import { gpuNamed, machineOf, type NamedMachine, servingEngineNamed } from './names.ts';
import { NotCovered, type PlanText } from './plans.ts';

/** Tokens of the longest request where a row does not say. */
const LONG = 2000;

/** The plan of one start-up log as a user would write it, with what the driver reported in place of the catalogue's. */
export function capacityPlan(row: CsvRow): PlanText {
  const engine = servingEngineNamed(text(row, 'engine'));
  if (engine === undefined) throw new NotCovered(`engine ${text(row, 'engine')} is not known`);
  if (/kt-num-gpu-experts/.test(text(row, 'other_flags'))) throw new NotCovered('experts on the host are not in plans');
  const { parallel, gpus } = layoutOf(row, engine);
  const context = number(row, 'max_model_len');
  const settings = [
    `name = ${engine}`,
    ...versionOf(row),
    ...quantity(row, 'memory_fraction', (value) => `memory-fraction = ${value}`),
    ...pinnedOf(row),
    ...occupiedOf(row),
    // A row that does not say the longest context cannot be refused for the model's.
    `max-context = ${context ?? LONG} tokens`,
    ...quantity(row, 'max_num_seqs', (value) => `max-requests = ${value}`),
    ...quantity(row, 'max_num_batched_tokens', (value) => `step-tokens = ${value} tokens`),
    ...quantity(row, 'chunked_prefill', (value) => `chunk = ${value} tokens`),
    ...graphBatchOf(row),
    ...quantity(row, 'block_size', (value) => `page = ${value} tokens`),
    ...(text(row, 'enforce_eager').startsWith('yes') ? ['graphs = false'] : []),
    ...flag(row, /swa_full_tokens_ratio (\d*\.\d+)/, (ratio) => `window-ratio = ${ratio}`),
    ...flag(row, /max-total-tokens (\d+)/, (tokens) => `cache-tokens = ${tokens} tokens`),
    ...flag(row, /moe_backend=(TRTLLM|CUTLASS|DEEPGEMM)/, (backend) => `moe-backend = ${backend.toLowerCase()}`),
    ...flag(row, /moe flashinfer_(trtllm|cutlass)/, (backend) => `moe-backend = ${backend}`),
    ...flag(row, /(deepep) moe/, (kernels) => `all-to-all = ${kernels}`),
    ...draftsOf(row),
  ];
  const input = Math.max(1, Math.min(1000, (context ?? LONG) - 1));
  return {
    model: text(row, 'model'),
    gpu: text(row, 'gpu'),
    gpus,
    machine: loggedMachine(row, gpus),
    body: [`types { ${typesOf(row)} }`, `parallel { ${parallel} }`, `engine { ${settings.join(', ')} }`],
    workload: `input = ${input} tokens, output = 1 tokens, concurrency = 1`,
  };
}

function quantity(row: CsvRow, name: string, write: (value: number) => string): string[] {
  const value = number(row, name);
  return value === undefined || !(value > 0) ? [] : [write(value)];
}

/** A size of the cache that is stated in place of a share. */
function pinnedOf(row: CsvRow): string[] {
  const gib = /kv_cache_memory_bytes \(([\d.]+) GiB\)/.exec(text(row, 'memory_fraction'))?.[1];
  return gib === undefined ? [] : [`cache-memory = ${gib} GiB`];
}

/** GiB outside of PyTorch that TensorRT-LLM holds by itself on one GPU, in other logs. */
const OWN_OUTSIDE = 1.95;

/** What others hold of the GPU, where the log says it: of what was free at start, or outside of the engine on shared memory. */
function occupiedOf(row: CsvRow): string[] {
  const [, free, total] = /free ([\d.]+) of ([\d.]+) GiB at start-up/.exec(text(row, 'outcome')) ?? [];
  if (free !== undefined && total !== undefined) return [`occupied = ${(Number(total) - Number(free)).toFixed(2)} GiB`];
  const cached = /([\d.]+) GiB outside torch counted as used \(page cache and other processes\)/.exec(
    text(row, 'note'),
  );
  return cached ? [`occupied = ${(Number(cached[1]) - OWN_OUTSIDE).toFixed(2)} GiB`] : [];
}

/** A setting from the flags that have no column of their own. */
function flag(row: CsvRow, pattern: RegExp, write: (value: string) => string): string[] {
  const value = pattern.exec(text(row, 'other_flags'))?.[1];
  return value === undefined ? [] : [write(value)];
}

function versionOf(row: CsvRow): string[] {
  const written = text(row, 'engine_version');
  // Builds of a branch name the release that they follow in brackets.
  const release = (/^v?(\d+\.\d+(?:\.\d+)?)/.exec(written) ?? /\((\d+\.\d+\.\d+)/.exec(written))?.[1];
  if (release !== undefined) return [`version = "${release}"`];
  // Until its release 1.0 in September 2025 TensorRT-LLM ran built engines.
  const [, month] = /^(\d{4}-\d{2})/.exec(written) ?? [];
  const isBuilt = text(row, 'engine').startsWith('trt') && month !== undefined && month < '2025-09';
  return isBuilt ? ['version = "0.20"'] : [];
}

/** The largest captured batch, where the command states it. */
function graphBatchOf(row: CsvRow): string[] {
  const size = /max_cudagraph_capture_size=(\d+)/.exec(text(row, 'other_flags'))?.[1];
  return size === undefined ? [] : [`graph-batch = ${size}`];
}

/** Prediction modules of the model itself. Drafts of other models have weights that the row does not say. */
function draftsOf(row: CsvRow): string[] {
  const tokens = /^(?:qwen3_next_)?mtp(?: n=(\d+))?/.exec(text(row, 'speculative'));
  return tokens ? [`speculative-tokens = ${tokens[1] ?? 1}`, 'acceptance = 0.5'] : [];
}

function layoutOf(row: CsvRow, engine: string): { readonly parallel: string; readonly gpus: number } {
  const degree = (name: string) => number(row, name) ?? 1;
  const written = degree('tp');
  const pp = degree('pp');
  const isAttentionDp = text(row, 'dp_attention').startsWith('yes');
  const [tp, dp] = attentionOf(engine, isAttentionDp, written, degree('dp'));
  const gpus = tp * dp * pp;
  const ep = degree('ep');
  const parts = [`tp = ${tp}`, `dp = ${dp}`, `pp = ${pp}`];
  if (ep > 1) parts.push(`ep = ${Math.min(ep, tp * dp)}`);
  const dcp = /\b(?:decode_context_parallel_size|dcp)=(\d+)/.exec(text(row, 'other_flags'))?.[1];
  if (dcp !== undefined) parts.push(`dcp = ${dcp}`);
  return { parallel: parts.join(', '), gpus };
}

/** Attention's tp and dp. SGLang and TensorRT-LLM count data parallel ranks of attention within their tensor parallel size. */
function attentionOf(engine: string, isAttentionDp: boolean, tp: number, dp: number): readonly [number, number] {
  if (engine === 'vllm' || !isAttentionDp) return [tp, dp];
  if (engine === 'trt-llm') return [1, tp];
  return dp > 1 ? [Math.max(1, tp / dp), dp] : [tp, 1];
}

const GIB_DIGITS = 4;

/** The machine of the row: that of the catalogue with what its driver reported, or a plain one that is but memory. */
function loggedMachine(row: CsvRow, gpus: number): NamedMachine {
  const named = gpuNamed(text(row, 'gpu'));
  const gib = number(row, 'gpu_memory_gib');
  const usual = named && machineOf(named, gpus);
  if (usual && gib === undefined) return usual;
  if (gib === undefined)
    throw new NotCovered(`GPU ${text(row, 'gpu')} is not in the catalogue, and its memory is not said`);
  const memory = Number(gib.toFixed(GIB_DIGITS));
  if (!named || !usual) {
    const gpu = `gpu logged { memory = ${memory} GiB, bandwidth = 1 TB/s, bf16 = 100 TFLOP/s }`;
    const node = `node logged-node { gpu = logged, gpus = ${gpus}, scale-up = 50 GB/s }`;
    return { blocks: [gpu, node], node: 'logged-node', gpus };
  }
  const gpu = `gpu logged extends ${named.gpu} { driver-memory = ${memory} GiB }`;
  const node = `node logged-node extends ${usual.node} { gpu = logged }`;
  return { blocks: [...usual.blocks, gpu, node], node: 'logged-node', gpus: usual.gpus };
}

/** Number types of a checkpoint as the logs' readers name them. */
function typesOf(row: CsvRow): string {
  const model = text(row, 'model').toLowerCase();
  const written = text(row, 'weights_dtype').toLowerCase();
  const types = [...weightsOf(written, model), ...cacheOf(text(row, 'kv_dtype').toLowerCase())];
  return types.join(', ');
}

function weightsOf(written: string, model: string): string[] {
  if (model.includes('gpt-oss')) return ['weights = bf16', 'experts = mxfp4'];
  // Meta quantises its own fp8 checkpoint's feed-forward layers alone.
  if (written.startsWith('fp8') && /meta-llama.*405b/.test(model)) return ['weights = fp8', 'attention = bf16'];
  if (written.startsWith('int4 experts')) return ['weights = bf16', 'experts = int4'];
  const type = numberType(written);
  // The published 4-bit checkpoints of models with latent attention keep attention in 16 bits.
  if (type === 'nvfp4' && /deepseek|kimi|glm-5/.test(model)) return ['weights = nvfp4', 'attention = bf16'];
  // So do those of hybrids, in their linear layers as well.
  if (type === 'nvfp4' && /qwen3(?:\.\d|-next)/.test(model) && !/mixed|fp8/.test(written)) {
    return ['weights = nvfp4', 'attention = bf16'];
  }
  // DeepSeek-V4's own method keeps experts in 4 bits and the rest in blocks of 8.
  if (/fp4 experts|deepseek_v4_fp8/.test(written)) return ['weights = fp8-block', 'experts = mxfp4'];
  return [`weights = ${type}`];
}

function numberType(written: string): string {
  if (/^fp8 block/.test(written)) return 'fp8-block';
  if (/^fp8/.test(written)) return 'fp8';
  if (/^nvfp4/.test(written)) return 'nvfp4';
  if (/^mxfp4/.test(written)) return 'mxfp4';
  if (/int4|awq|gptq|w4a16/.test(written)) return 'int4';
  if (/^int8/.test(written)) return 'int8';
  if (/^fp32/.test(written)) return 'fp32';
  if (/^(bf16|fp16)/.test(written)) return 'bf16';
  throw new NotCovered(`weights of type ${written || 'that the row does not say'} are not known`);
}

function cacheOf(written: string): string[] {
  if (written.startsWith('fp8')) return ['kv = fp8'];
  if (written.includes('fp32')) return ['kv = fp32'];
  return written === '' ? [] : ['kv = bf16'];
}
