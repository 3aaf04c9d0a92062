import type { LinearAttention } from '../attention.ts';
import type { ConfigReader } from './configReader.ts';

/** Linear-attention and state-space layers that several families have. */

/** What a linear layer has none of, or counts within its parameters. */
export const NO_EXTRAS = { bias: false, outputBias: false, qkNorm: false, sinks: false, outputGate: false } as const;

/** What a quantiser converts of a linear layer: `input` columns of its input projections, `output` rows of the last one. */
export function projectedOf(
  parameters: number,
  hidden: number,
  input: number,
  output: number,
): NonNullable<LinearAttention['projected']> {
  return { input, output, others: parameters - hidden * (input + output) };
}

/** Bytes per element of the recurrent state: fp32 when the config says so, otherwise 16-bit. */
export function stateElement(read: ConfigReader): number {
  return read.text('mamba_ssm_cache_dtype') === 'float32' ? 4 : 2;
}

/** Gated delta rule of Qwen3-Next: q, k, v, z, beta and alpha projections, a convolution over q, k, v, a norm of one head. */
export function gatedDelta(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const valueHeads = read.optional('linear_num_value_heads');
  const keyHeads = read.optional('linear_num_key_heads');
  const keySize = read.optional('linear_key_head_dim');
  const valueSize = read.optional('linear_value_head_dim');
  const kernel = read.optional('linear_conv_kernel_dim');
  if (!valueHeads || !keyHeads || !keySize || !valueSize || !kernel) return undefined;
  const keys = keyHeads * keySize;
  const values = valueHeads * valueSize;
  const convolved = 2 * keys + values;
  const parameters =
    hidden * (2 * keys + 2 * values + 2 * valueHeads) +
    convolved * kernel +
    2 * valueHeads +
    valueSize +
    values * hidden;
  // This family keeps its state in fp32 (transformers, vLLM) and the tail of the convolution in 16 bits.
  const stateBytes = 4 * valueHeads * keySize * valueSize + 2 * convolved * (kernel - 1);
  const projected = projectedOf(parameters, hidden, 2 * keys + 2 * values, values);
  return {
    ...NO_EXTRAS,
    kind: 'linear',
    name: 'linear',
    heads: valueHeads,
    headSize: valueSize,
    stateBytes,
    parameters,
    projected,
  };
}

/** Mamba-2 of Nemotron-H. */
export function mamba2(read: ConfigReader, hidden: number): LinearAttention | undefined {
  const heads = read.optional('mamba_num_heads');
  const headSize = read.optional('mamba_head_dim');
  const state = read.optional('ssm_state_size');
  const groups = read.optional('n_groups');
  const kernel = read.optional('conv_kernel');
  if (!heads || !headSize || !state || !groups || !kernel) return undefined;
  read.optional('expand');
  const inner = heads * headSize;
  const convolved = inner + 2 * groups * state;
  const convolutionBias = (read.flag('use_conv_bias') ?? true) ? convolved : 0;
  const out = inner + convolved + heads;
  const projectionBias = (read.flag('use_bias') ?? false) || (read.flag('mamba_proj_bias') ?? false) ? out + hidden : 0;
  const parameters =
    hidden * out + convolved * kernel + convolutionBias + 3 * heads + inner + inner * hidden + projectionBias;
  const stateBytes = stateElement(read) * heads * headSize * state + 2 * convolved * (kernel - 1);
  const projected = projectedOf(parameters, hidden, out, inner);
  return { ...NO_EXTRAS, kind: 'linear', name: 'mamba', heads, headSize, stateBytes, parameters, projected };
}
