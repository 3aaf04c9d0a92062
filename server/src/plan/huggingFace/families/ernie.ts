import type { ConfigReader } from '../configReader.ts';
import type { Families, Family, FeedForwardParts } from '../family.ts';
import { linear, plainLayer } from '../vision.ts';
import { textAndVision } from '../wrapper.ts';

/** Prediction modules are dense layers that join the two streams behind a norm each, and use the model's own last norm. */
const ERNIE_MOE: Family = {
  tied: true,
  routerBias: true,
  mtpNorms: 2,
  denseMtp: true,
  only: { use_bias: false },
  names: {
    num_experts: 'moe_num_experts',
    num_experts_per_tok: 'moe_k',
    n_shared_experts: 'moe_num_shared_experts',
    first_k_dense_replace: 'moe_layer_start_index',
    last_moe_layer: 'moe_layer_end_index',
    decoder_sparse_step: 'moe_layer_interval',
  },
  irrelevant: `moe_capacity moe_gate moe_use_aux_free moe_norm_min moe_multimodal_dispatch_use_allgather
    moe_group moe_group_experts moe_group_origin moe_all_to_all_dropout fuse_rope fuse_ln fuse_swiglu compression_ratio
    multi_token_pred_lambda`,
};

export const families: Families = {
  ernie4_5: {
    tied: true,
    mtpNorms: 2,
    only: { use_bias: false },
    known: {
      models: 'ERNIE 4.5 0.3B',
      published: { model: 'ERNIE-4.5-0.3B', total: 360_748_032 },
      source: 'transformers, models/ernie4_5',
    },
  },
  ernie4_5_moe: {
    ...ERNIE_MOE,
    known: {
      models: 'ERNIE 4.5 21B-A3B, 300B-A47B, with and without their prediction modules',
      published: { model: 'ERNIE-4.5-21B-A3B', total: 21_825_437_888 },
      source: 'transformers, models/ernie4_5_moe; vLLM, models/ernie_mtp.py',
    },
  },
  // Tokens of pictures visit narrower experts of their own.
  ernie4_5_vl_moe_text: {
    ...ERNIE_MOE,
    unnest: twoWidths,
    networks: expertsOfPictures,
    defaults: { num_experts_per_tok: 6, num_experts: 64, n_shared_experts: 2, first_k_dense_replace: 1 },
    known: {
      models: 'the text model of ERNIE 4.5 VL',
      stated: { model: 'ERNIE-4.5-VL-28B-A3B', total: '28 billion' },
      source: 'transformers, models/ernie4_5_vl_moe',
    },
  },
  ernie4_5_vl_moe: {
    ...textAndVision(ernieTower),
    tied: true,
    known: {
      models: 'ERNIE 4.5 VL',
      stated: { model: 'ERNIE-4.5-VL-28B-A3B', total: '28 billion in its text model' },
      source: 'transformers, models/ernie4_5_vl_moe',
    },
  },
};

/** The widths of both kinds of experts stand in one list, that of text first. */
function twoWidths(read: ConfigReader): Readonly<Record<string, unknown>> {
  const [text, pictures] = read.isList('moe_intermediate_size') ? read.integers('moe_intermediate_size') : [1536, 512];
  return { moe_intermediate_size: text, vision_width: pictures };
}

function expertsOfPictures(read: ConfigReader, { moe, dense }: FeedForwardParts): FeedForwardParts | undefined {
  const visionFfn = read.integer('vision_width');
  if (!moe || visionFfn === undefined) return undefined;
  return { moe: { ...moe, visionFfn }, ...(dense && { dense }) };
}

/** The tower behind ERNIE 4.5 VL, and the resampler that joins patches in space, then frames in time. */
function ernieTower(read: ConfigReader, _: ConfigReader, hidden: number): number | undefined {
  const width = read.optional('hidden_size');
  const layers = read.optional('depth');
  if (!width || !layers) return undefined;
  const ffn = read.integerOr('intermediate_size', 4 * width);
  const patch = read.integerOr('patch_size', 14);
  const merge = read.integerOr('spatial_merge_size', 2);
  const joined = width * merge * merge;
  const network = (from: number) => linear(from, joined) + linear(joined, joined) + 2 * joined;
  const resampler = network(joined) + network(joined * read.integerOr('temporal_merge_size', 2));
  const embedding = read.integerOr('in_channels', 3) * patch * patch * width;
  return embedding + layers * plainLayer(width, ffn) + 2 * width + resampler + linear(joined, hidden) + hidden;
}
