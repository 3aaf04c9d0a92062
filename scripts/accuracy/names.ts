/**
 * Names as tables and vendors write them, and what the catalogue calls the same thing. Case and separators never count; an
 * owner (`deepseek-ai/`), a remark in brackets, number types, tunings and dates of release leave a model's shape alone.
 */

/** A GPU of the catalogue with the machine in which it is usually sold. */
export interface NamedGpu {
  /** Lower case, without its form: `h100`, `gb200`. */
  readonly key: string;
  readonly gpu: string;
  /** Nothing for cards of machines that their users build. */
  readonly node?: string;
  /** GPUs in that machine. */
  readonly gpus: number;
}

/** A machine of a plan: blocks of its own, the name of the node, and its GPUs. */
export interface NamedMachine {
  readonly blocks: readonly string[];
  readonly node: string;
  readonly gpus: number;
}

/** By the words that tell a GPU, the more exact first. The GH200 with 144 GB is an H200 to us. */
const PATTERNS: readonly (readonly [RegExp, NamedGpu])[] = [
  [
    /a100(?!\d).*\b40 ?gb?\b|a100 (sxm4?|pcie) 40\b/,
    { key: 'a100', gpu: 'A100-SXM-40', node: 'DGX-A100-40GB', gpus: 8 },
  ],
  [/a100(?!\d)/, { key: 'a100', gpu: 'A100-SXM-80', node: 'DGX-A100', gpus: 8 }],
  [/a800/, { key: 'a800', gpu: 'A800-SXM-80', node: 'A800x8', gpus: 8 }],
  [/gh200.*\b96 ?gb?\b/, { key: 'gh200', gpu: 'GH200-96GB', node: 'GH200-1', gpus: 1 }],
  [/h100.*pcie/, { key: 'h100', gpu: 'H100-PCIe', node: 'H100-PCIe-8', gpus: 8 }],
  [/h100.*nvl(?!ink)/, { key: 'h100', gpu: 'H100-NVL', node: 'H100-NVL-2', gpus: 2 }],
  [/h100(?!\d)/, { key: 'h100', gpu: 'H100-SXM', node: 'DGX-H100', gpus: 8 }],
  [/h200(?!\d)/, { key: 'h200', gpu: 'H200-SXM', node: 'DGX-H200', gpus: 8 }],
  [/h800/, { key: 'h800', gpu: 'H800-SXM', node: 'H800x8', gpus: 8 }],
  [/h20(?!\d).*(\b3e\b|\b141 ?gb?\b)/, { key: 'h20', gpu: 'H20-3e', node: 'H20-3ex8', gpus: 8 }],
  [/h20(?!\d)/, { key: 'h20', gpu: 'H20', node: 'H20x8', gpus: 8 }],
  [/gb300/, { key: 'gb300', gpu: 'GB300', node: 'GB300-NVL72-tray', gpus: 4 }],
  [/gb200/, { key: 'gb200', gpu: 'GB200', node: 'GB200-NVL72-tray', gpus: 4 }],
  [/b300/, { key: 'b300', gpu: 'B300-SXM', node: 'DGX-B300', gpus: 8 }],
  [/b200/, { key: 'b200', gpu: 'B200-SXM', node: 'DGX-B200', gpus: 8 }],
  [/\bl40s/, { key: 'l40s', gpu: 'L40S', node: 'L40S-8', gpus: 8 }],
  [/\bl40\b/, { key: 'l40', gpu: 'L40', node: 'L40-8', gpus: 8 }],
  [/\bl20\b/, { key: 'l20', gpu: 'L20', node: 'L20-8', gpus: 8 }],
  [/\bl4\b/, { key: 'l4', gpu: 'L4', node: 'L4-8', gpus: 8 }],
  [/\ba40\b/, { key: 'a40', gpu: 'A40', node: 'A40-8', gpus: 8 }],
  [/\ba10\b/, { key: 'a10', gpu: 'A10', node: 'A10-8', gpus: 8 }],
  [/rtx ?pro ?6000/, { key: 'rtx', gpu: 'RTX-PRO-6000', node: 'RTX-PRO-6000-8', gpus: 8 }],
  [/(rtx ?)?\ba4000\b/, { key: 'a4000', gpu: 'RTX-A4000', gpus: 1 }],
  [/(rtx ?)?\ba6000\b/, { key: 'a6000', gpu: 'RTX-A6000', gpus: 1 }],
  [/rtx ?5090(?! ?d\b)/, { key: 'rtx5090', gpu: 'RTX-5090', gpus: 1 }],
  [/rtx ?4090 ?d\b/, { key: 'rtx4090d', gpu: 'RTX-4090-D', gpus: 1 }],
  [/rtx ?4090.*\b48 ?gb?\b/, { key: 'rtx4090', gpu: 'RTX-4090-48GB', gpus: 1 }],
  [/rtx ?4090/, { key: 'rtx4090', gpu: 'RTX-4090', gpus: 1 }],
  [/rtx ?3090/, { key: 'rtx3090', gpu: 'RTX-3090', gpus: 1 }],
  [/\bgb10\b|dgx spark/, { key: 'gb10', gpu: 'GB10', node: 'DGX-Spark', gpus: 1 }],
  [/\bthor\b/, { key: 'thor', gpu: 'Jetson-AGX-Thor', gpus: 1 }],
  [/arc (pro )?b60/, { key: 'arcb60', gpu: 'Arc-Pro-B60', gpus: 1 }],
  [/mi300x?\b/, { key: 'mi300x', gpu: 'MI300X', node: 'MI300X-8', gpus: 8 }],
  [/mi325x?\b/, { key: 'mi325x', gpu: 'MI325X', node: 'MI325X-8', gpus: 8 }],
  [/mi350x?\b/, { key: 'mi350x', gpu: 'MI350X', node: 'MI350X-8', gpus: 8 }],
  [/mi355x?\b/, { key: 'mi355x', gpu: 'MI355X', node: 'MI355X-8', gpus: 8 }],
];

export const GPUS: readonly NamedGpu[] = PATTERNS.map(([, gpu]) => gpu);

/** `h100_sxm`, `NVIDIA H100 80GB HBM3`, `8x H200 (1 node)`, `GB200 NVL72`; nothing where the catalogue has no such GPU. */
export function gpuNamed(written: string): NamedGpu | undefined {
  const plain = written.toLowerCase().replace(/[\s_\-/]+/g, ' ');
  return PATTERNS.find(([words]) => words.test(plain))?.[1];
}

/** The machine that a GPU is usually sold in; for cards one that holds so many, on PCIe 4. */
export function machineOf({ gpu, node, gpus }: NamedGpu, count: number): NamedMachine {
  if (node !== undefined) return { blocks: [], node, gpus };
  return {
    blocks: [`node ${gpu}-cards { gpu = ${gpu}, gpus = ${count}, scale-up = 32 GB/s }`],
    node: `${gpu}-cards`,
    gpus: count,
  };
}

/** `trtllm`, `TensorRT-LLM 1.0`, `sglang v0.4.6`; nothing where the language has no such serving engine. */
export function servingEngineNamed(written: string): 'trt-llm' | 'vllm' | 'sglang' | undefined {
  if (/tensor[-_ ]?rt|trt/i.test(written)) return 'trt-llm';
  if (/vllm/i.test(written)) return 'vllm';
  return /sglang|\bsgl\b/i.test(written) ? 'sglang' : undefined;
}

export type TrainingEngineName = 'megatron' | 'megatron-bridge' | 'torchtitan';

/** `Megatron-Bridge/Megatron-Core (NeMo container)`, `TorchTitan`; nothing where the language has no such training engine. */
export function trainingEngineNamed(written: string): TrainingEngineName | undefined {
  if (/torch[-_ ]?titan/i.test(written)) return 'torchtitan';
  if (/bridge|nemo/i.test(written)) return 'megatron-bridge';
  return /megatron/i.test(written) ? 'megatron' : undefined;
}

/** Models published under another name with the very shape of a catalogue's, by their keys. */
const SAME_SHAPE: ReadonlyMap<string, string> = new Map([
  ['deepseekcoderv2', 'DeepSeek-V2'],
  ['deepseekv2.5', 'DeepSeek-V2'],
  ['deepseekr1distillllama8b', 'Llama-3.1-8B'],
  ['deepseekr1distillllama70b', 'Llama-3.3-70B'],
  ['deepseekr1qwen3.8b', 'Qwen3-8B'],
  ['deepseekv3orr1', 'DeepSeek-V3'],
  ['glm5.2', 'GLM-5.3'],
  ['kimik2instruct0905', 'Kimi-K2-0905'],
  ['liquidailfm2', 'LFM2-700M'],
  ['llama4maverick17b128e', 'Llama-4-Maverick'],
  ['llama4scout17b16e', 'Llama-4-Scout'],
  ['llama3.1nemotron70b', 'Llama-3.1-70B'],
  ['qwen2.7b', 'Qwen2.5-7B'],
  ['qwen2.1.5b', 'Qwen2.5-1.5B'],
  ['qwen2.5coder0.5b', 'Qwen2.5-0.5B'],
  ['qwen3.30ba3binstruct2507', 'Qwen3-30B-A3B-2507'],
  ['qwen3.30ba3bthinking2507', 'Qwen3-30B-A3B-2507'],
  ['qwen3.235ba22binstruct2507', 'Qwen3-235B-A22B-2507'],
  ['qwen3.235ba22bthinking2507', 'Qwen3-235B-A22B-2507'],
  ['qwen3.5hybrid27b', 'Qwen3.5-27B'],
]);

const TYPE =
  /^(fp?\d+|bf16|nvfp4|mxfp[468]|float8|int[48]|[48]bit|w\d+a\d+|awq|gptq|autoround|qat|gguf|bnb|kv|block|dynamic|mixed|quantized|quant)$/;
const DATE = /^(0\d|\d{4}|\d{6}|20\d{6})$/;
const TUNING = /^(instruct|inst|chat|base|hf|it|pt|thinking|reasoning|exp|speciale|terminus|preview|mtp|class)$/;
/** `235b`, `8x7b`. */
const SIZE = /^(\d+x)?\d+(\.\d+)?b$/;
const VERSION = /^v\d(\.\d+)?$/;
const OWNERS = new Set(['meta', 'nvidia', 'openai', 'mistralai', 'snowflake', 'ibm', 'c4ai']);

/** `nvidia/Llama-3_1-8B-Instruct (TP 4)` as `llama 3_1 8b instruct`, in words. */
function wordsOf(written: string): readonly string[] {
  const parts = written
    .replace(/\s*[([].*$/, '')
    .split(/\/|--|__/)
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  // `DeepSeek-V3/R1` names two models of one shape, not an owner and a model.
  const own = last.length < 4 ? (parts.at(-2) ?? last) : last;
  const words = own
    .toLowerCase()
    .split(/[\s_-]+|(?<!\d)\.|\.(?!\d)/)
    .filter((word) => word !== '');
  return words.length > 1 && OWNERS.has(words[0] ?? '') ? words.slice(1) : words;
}

/** Words as one key, with a point where numbers meet: `Qwen2-7B` is no `Qwen 27B`. */
function keyOf(words: readonly string[]): string {
  return words
    .join('-')
    .replace(/(?<=\d)-(?=\d)/g, '.')
    .replaceAll('-', '');
}

/** Number types, dates and tunings are left out one after the other, so that a name's own words count before. */
function keysOf(written: string): readonly string[] {
  const all = wordsOf(written);
  const kept = (words: readonly string[], left: RegExp) =>
    words.filter((word, index) => index === 0 || !left.test(word));
  const typeless = kept(all, TYPE);
  const plain = kept(typeless, DATE);
  return [all, typeless, plain, kept(plain, TUNING)].map(keyOf);
}

/**
 * The one of some names that means the same model as another: the same words; else the same without number types and dates,
 * then without tunings, then without the version of a release; else the name of the same shape; else the only one that
 * begins with the same words (`Qwen3-235B`). Nothing where none does, or several.
 */
export function modelNamed(written: string, names: Iterable<string>): string | undefined {
  const known = [...names].map((name) => ({ name, keys: keysOf(name), words: wordsOf(name) }));
  const keys = keysOf(written);
  const words = wordsOf(written);
  for (const [stage, key] of keys.entries()) {
    const found = known.find((one) => one.keys[0] === key) ?? known.find((one) => one.keys[stage] === key);
    if (found) return found.name;
    const same = SAME_SHAPE.get(key);
    if (same !== undefined && known.some(({ name }) => name === same)) return same;
  }
  const shape = keys.at(-1) ?? '';
  if (shape === '') return undefined;
  // `Mixtral-8x7B-v0.1`: only where the other name has no version itself.
  const last = words.at(-1) ?? '';
  const unversioned = VERSION.test(last) ? keysOf(words.slice(0, -1).join('-')).at(-1) : undefined;
  const bare = unversioned === undefined ? undefined : known.find((one) => one.keys[0] === unversioned);
  if (bare) return bare.name;
  // Points are the last thing that may differ (`Llama-3_1-8B`), and a name may end early.
  const pointless = shape.replaceAll('.', '');
  const without = onlyOne(known.filter((one) => one.keys.some((key) => key.replaceAll('.', '') === pointless)));
  if (without !== undefined) return without;
  // The name of a family (`GLM-4`) is that of several models, whichever the catalogue has.
  if (words.length < 3 && !words.some((word) => SIZE.test(word))) return undefined;
  return onlyOne(known.filter((one) => words.every((word, index) => one.words[index] === word)));
}

/** The name of which all others are but another spelling, or a later release. */
function onlyOne(found: readonly { readonly name: string; readonly keys: readonly string[] }[]): string | undefined {
  const [first] = found;
  return first && found.every(({ keys }) => keys.at(-1) === first.keys.at(-1)) ? first.name : undefined;
}
