import type { Pool, Stage } from '../../plan/deployment.ts';
import { type LayerClass, modelOfLayer } from '../../plan/model.ts';
import { addEmbedding, addExperts, addHead, addLayers, emptyShard, type Shard } from '../parameters/shards.ts';
import { isKeptWhole, shardsOf } from './training.ts';

/** Number of layers whose weights are whole at once: one computes while the next is gathered (FSDP2, Megatron-FSDP). */
const LAYERS_AT_ONCE = 2;

/**
 * Working copies of sharded weights (ZeRO 3) on one GPU: embedding and head, which stay whole from the forward to the
 * backward pass, and the largest layers, of which one computes while the next is gathered. In bytes; zero when weights are
 * not sharded or are kept whole anyway.
 */
export function gatheredBytes(pool: Pool, stage: Stage, isFirst: boolean, isLast: boolean): number {
  if (pool.parallel.zero < 3 || isKeptWhole(pool)) return 0;
  const { model, parallel } = pool;
  const shards = shardsOf(pool);
  const root = emptyShard();
  if (isFirst) addEmbedding(root, model, parallel.tp);
  if (isLast && !(isFirst && model.tied)) addHead(root, model, parallel.tp);
  let largest = 0;
  for (const index of new Set(stage.layers.map((layer) => model.layers[layer] ?? -1))) {
    const layer = model.classes[index];
    if (layer) largest = Math.max(largest, layerBytes(pool, layer, shards));
  }
  const whole = shards.dense > 1 ? bytesOf(root) : 0;
  return whole + Math.min(LAYERS_AT_ONCE, stage.layers.length) * largest;
}

/** The sharded bytes of one layer: experts are sharded over edp, everything else over dp x cp. */
function layerBytes(pool: Pool, layer: LayerClass, shards: ReturnType<typeof shardsOf>): number {
  const { model, parallel } = pool;
  const shard = emptyShard();
  if (shards.dense > 1) addLayers(shard, layer, model, parallel.tp, 1);
  const { feedForward } = layer;
  if (shards.experts > 1 && feedForward.kind === 'moe') {
    addExperts(
      shard,
      feedForward,
      modelOfLayer(model, layer),
      parallel.etp,
      Math.ceil(feedForward.count / parallel.ep),
    );
  }
  return bytesOf(shard);
}

function bytesOf({ bytes }: Shard): number {
  let sum = 0;
  for (const value of Object.values(bytes)) sum += value;
  return sum;
}
