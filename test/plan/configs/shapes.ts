/**
 * Configs of public models, reduced to the fields that shape them, with the number of parameters that the Hugging Face
 * hub shows for the checkpoint (or its maker states), and what that number counts. Sizes and totals are facts recalled
 * from the model cards and from the hub's pages; that a count from the sizes meets a total of eleven digits confirms both.
 */
export interface KnownConfig {
  readonly name: string;
  readonly total: number;
  /** As in `totalOn`; `main` when left out. */
  readonly basis?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RecentConfig extends KnownConfig {
  /** Parameters that one token of text meets, without the embedding. */
  readonly active: number;
  /** By kind: layers, bytes of one more token and of a sequence, over all of them, in a cache of 16 bits. */
  readonly kept: Readonly<Record<string, readonly [layers: number, perToken: number, perSequence: number]>>;
}

export function config(
  type: string,
  [layers, hidden, heads, kvHeads, ffn, vocabulary]: readonly [number, number, number, number, number, number],
  rest: object = {},
): KnownConfig['config'] {
  return {
    model_type: type,
    num_hidden_layers: layers,
    hidden_size: hidden,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    intermediate_size: ffn,
    vocab_size: vocabulary,
    ...rest,
  };
}

export const TIED = { tie_word_embeddings: true } as const;
export const UNTIED = { tie_word_embeddings: false } as const;

export function hybrid(count: number, every: number): readonly string[] {
  return Array.from({ length: count }, (_, layer) =>
    (layer + 1) % every === 0 ? 'full_attention' : 'linear_attention',
  );
}

export function qwenVision(width: number, depth: number, ffn: number, output: number, deep: readonly number[]): object {
  return {
    depth,
    hidden_size: width,
    intermediate_size: ffn,
    patch_size: 16,
    temporal_patch_size: 2,
    in_channels: 3,
    num_position_embeddings: 2304,
    spatial_merge_size: 2,
    out_hidden_size: output,
    deepstack_visual_indexes: deep,
  };
}

export function qwen35(type: string, text: object, vision: object): KnownConfig['config'] {
  return { model_type: type, tie_word_embeddings: false, text_config: text, vision_config: vision };
}

export const QWEN35_TEXT = {
  head_dim: 256,
  linear_num_key_heads: 16,
  linear_key_head_dim: 128,
  linear_value_head_dim: 128,
  linear_conv_kernel_dim: 4,
  full_attention_interval: 4,
  mtp_num_hidden_layers: 1,
};
