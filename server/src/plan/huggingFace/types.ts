import type { TensorTypes } from '../model.ts';

const BF16: TensorTypes = {
  weights: 'bf16',
  experts: 'bf16',
  attention: 'bf16',
  embedding: 'bf16',
  kv: 'bf16',
  activations: 'bf16',
};

/** Modules that stay 16 bits wide in every quantisation that is read: they are so in the count of bytes too. */
const NEVER_QUANTISED = /gate$|gate\b|e_score_correction_bias|lm_head|embed|norm|router|sinks/;

/** Number types of a checkpoint, or why its quantisation is not read. */
export function typesOf(quantization: Readonly<Record<string, unknown>> | undefined): TensorTypes | string {
  if (!quantization) return BF16;
  const method = quantization.quant_method;
  if (method === 'mxfp4') return { ...BF16, experts: 'mxfp4' };
  const refused = `its quantization \`${String(method)}\` is not read yet; write the model out with \`types { ... }\` instead`;
  if (method === 'fp8') {
    const kept = texts(quantization.modules_to_not_convert);
    const foreign = kept.find((module) => !NEVER_QUANTISED.test(module));
    if (foreign !== undefined)
      return `\`${foreign}\` is left out of its fp8 quantization, which is not read yet; write the model out with \`types { ... }\` instead`;
    const block = quantization.weight_block_size;
    if (block === undefined || block === null) return { ...BF16, weights: 'fp8', experts: 'fp8', attention: 'fp8' };
    const is128 = Array.isArray(block) && block.length === 2 && block.every((size) => size === 128);
    return is128 ? { ...BF16, weights: 'fp8-block', experts: 'fp8-block', attention: 'fp8-block' } : refused;
  }
  return isExpertsInInt4(quantization) ? { ...BF16, experts: 'int4' } : refused;
}

/** Compressed tensors of 4 bits in groups of 32, on routed experts only (Kimi K2 Thinking and K2.5). */
function isExpertsInInt4(quantization: Readonly<Record<string, unknown>>): boolean {
  const weights = path(quantization, ['config_groups', 'group_0', 'weights']);
  const ignored = texts(quantization.ignore).join(' ');
  return (
    quantization.quant_method === 'compressed-tensors' &&
    path(weights, ['num_bits']) === 4 &&
    path(weights, ['group_size']) === 32 &&
    ['self_attn', 'shared_experts', 'lm_head', 'mlp'].every((module) => ignored.includes(module))
  );
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
