import type { NumberType, TensorTypes } from '../model.ts';

type Json = Readonly<Record<string, unknown>>;

const BF16: TensorTypes = {
  weights: 'bf16',
  experts: 'bf16',
  attention: 'bf16',
  embedding: 'bf16',
  kv: 'bf16',
  activations: 'bf16',
};

/** Number types of a checkpoint with `layers` layers, or the reason why its quantisation is not read. */
export function typesOf(quantization: Json | undefined, layers: number): TensorTypes | string {
  if (!quantization) return BF16;
  const method = String(quantization.quant_method);
  if (method === 'mxfp4') return { ...BF16, experts: 'mxfp4' };
  const stored = storedType(method, quantization);
  if (!stored)
    return `its quantization \`${method}\` is not read yet; write the model out with \`types { ... }\` instead`;
  const kept = keptWide(
    ['modules_to_not_convert', 'ignore', 'exclude_modules'].flatMap((field) => texts(quantization[field])),
    layers,
  );
  if (kept.foreign !== undefined)
    return `\`${kept.foreign}\` is left out of its ${stored} quantization, which is not read yet; write the model out with \`types { ... }\` instead`;
  const isExpertsOnly = kept.shared && kept.dense;
  const weights = isExpertsOnly ? 'bf16' : stored;
  const attention = kept.attention ? 'bf16' : stored;
  const kv = path(quantization, ['kv_cache_scheme', 'num_bits']) === 8 ? 'fp8' : 'bf16';
  return { ...BF16, weights, experts: stored, attention, kv };
}

/** The type of the weights that a method converts. */
function storedType(method: string, quantization: Json): NumberType | undefined {
  if (method === 'fp8') {
    const block = quantization.weight_block_size;
    if (block === undefined || block === null) return 'fp8';
    return isBlock128(block) ? 'fp8-block' : undefined;
  }
  if (method === 'modelopt') {
    const algorithm = quantization.quant_algo ?? path(quantization, ['quantization', 'quant_algo']);
    return MODELOPT[String(algorithm)];
  }
  // Both store a scale per group, and have groups of 128 unless their config says otherwise.
  if (method === 'awq' || method === 'gptq') {
    const [bits, size] = [
      quantization.bits ?? quantization.w_bit,
      quantization.group_size ?? quantization.q_group_size,
    ];
    return bits === 4 ? INT4_GROUPS[String(size ?? 128)] : undefined;
  }
  if (method === 'fbgemm_fp8') return 'fp8-channel';
  if (method === 'mxfp8') return 'mxfp8';
  if (method !== 'compressed-tensors') return undefined;
  const groups = quantization.config_groups;
  if (typeof groups !== 'object' || groups === null || Object.keys(groups).length !== 1) return undefined;
  const weights = path(groups, ['group_0', 'weights']);
  const [bits, type, strategy, size] = ['num_bits', 'type', 'strategy', 'group_size'].map((field) =>
    path(weights, [field]),
  );
  if (bits === 8 && type === 'float' && strategy === 'tensor') return 'fp8';
  if (bits === 8 && type === 'float' && strategy === 'channel') return 'fp8-channel';
  if (bits === 8 && type === 'float' && strategy === 'group' && size === 32) return 'mxfp8';
  if (bits === 8 && type === 'float' && isBlock128(path(weights, ['block_structure']))) return 'fp8-block';
  if (bits === 4 && type === 'float' && size === 16) return 'nvfp4';
  return bits === 4 && type === 'int' ? INT4_GROUPS[String(size)] : undefined;
}

const MODELOPT: Readonly<Partial<Record<string, NumberType>>> = {
  FP8: 'fp8',
  FP8_PER_CHANNEL_PER_TOKEN: 'fp8-channel',
  MXFP8: 'mxfp8',
  NVFP4: 'nvfp4',
};

/** int4 by the size of the groups that share a scale. */
const INT4_GROUPS: Readonly<Partial<Record<string, NumberType>>> = { 32: 'int4', 64: 'int4-64', 128: 'int4-128' };

function isBlock128(block: unknown): boolean {
  return Array.isArray(block) && block.length === 2 && block.every((size) => size === 128);
}

/** Modules that stay 16 bits wide in every quantisation that is read. The count of bytes has them so too. */
const NEVER_QUANTISED =
  /gate$|gate\.|gate\*|gate_weight|e_score_correction_bias|lm_head|embed|norm|router|sinks|eh_proj|shared_head|vision|visual|multi_modal|projector/;

interface KeptWide {
  readonly attention: boolean;
  readonly shared: boolean;
  readonly dense: boolean;
  /** A module that belongs to no class of tensors. */
  readonly foreign?: string;
}

/** Classes of tensors that a list of modules leaves in 16 bits. A class that some layers convert does not count. */
function keptWide(modules: readonly string[], layers: number): KeptWide {
  const kept = { attention: new Set<number>(), shared: new Set<number>(), dense: new Set<number>() };
  for (const module of modules) {
    const kind = classOf(module);
    if (kind === 'never') continue;
    if (kind === undefined) return { attention: false, shared: false, dense: false, foreign: module };
    const layer = /layers\.(\d+)(?:\.|$)/.exec(module)?.[1];
    if (layer !== undefined) kept[kind].add(Number(layer));
    else for (let index = 0; index < layers; index++) kept[kind].add(index);
  }
  const isWhole = (set: ReadonlySet<number>) => set.size >= layers;
  const [attention, shared, dense] = [kept.attention, kept.shared, kept.dense].map(isWhole);
  const half = modules.find((module) => {
    const kind = classOf(module);
    return kind !== undefined && kind !== 'never' && !isWhole(kept[kind]);
  });
  // Shared experts and dense networks are one class of tensors, so both must have the same type.
  const foreign = half ?? (shared === dense ? undefined : modules.find((module) => /shared|mlp/.test(module)));
  return {
    attention: attention ?? false,
    shared: shared ?? false,
    dense: dense ?? false,
    ...(foreign !== undefined && { foreign }),
  };
}

function classOf(module: string): 'attention' | 'shared' | 'dense' | 'never' | undefined {
  if (/self_attn(?:\*|\.\*|$)|attention(?:\*|\.\*|$)/.test(module)) return 'attention';
  if (/shared_experts?(?:\*|\.\*|$)/.test(module)) return 'shared';
  if (/mlp\\?\.\(gate\|up\|gate_up\|down\)_proj/.test(module)) return 'dense';
  return NEVER_QUANTISED.test(module) ? 'never' : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function path(value: unknown, fields: readonly string[]): unknown {
  return fields.reduce<unknown>(
    (at, field) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, field)?.value : undefined,
    value,
  );
}
