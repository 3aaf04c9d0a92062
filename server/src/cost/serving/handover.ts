import type { Cluster } from '../../plan/cluster.ts';
import type { Pool, Stage, Workload } from '../../plan/deployment.ts';
import { linkBetween } from '../collectives/spread.ts';
import { cacheSize, sequenceBytes } from '../memory/kvCache.ts';

/** Share of the link's bandwidth that the transfer of a KV cache between pools reaches (aiconfigurator). */
const CACHE_TRANSFER_EFFICIENCY = 0.8;

/** The transfer of one prompt's KV cache from the pool that reads prompts to the one that generates. */
export interface Handover {
  /** Bytes that one GPU of each stage sends. */
  readonly bytes: readonly number[];
  /** Seconds until the GPU that holds most has sent its part, over the scale-up links when both pools are in one domain. */
  readonly seconds: number;
}

/** Each GPU sends its own part, in whole pages. Layers whose transfer overlaps with computing are not deducted. */
export function handover(
  cluster: Cluster,
  from: Pool,
  to: { readonly stages: readonly Pick<Stage, 'gpus'>[] },
  workload: Extract<Workload, { kind: 'serving' }>,
): Handover {
  const bytes = from.stages.map((stage) =>
    sequenceBytes(cacheSize(from, stage), workload.input, from.engine.pageTokens),
  );
  const [source, target] = [from, to].map(({ stages }) => stages[0]?.gpus.slice(0, 1) ?? []);
  if (!source?.length || !target?.length) return { bytes, seconds: 0 };
  const link = linkBetween(cluster, source, target);
  const bandwidth = link.domains > 1 ? link.scaleOut : link.scaleUp;
  return { bytes, seconds: Math.max(0, ...bytes) / (CACHE_TRANSFER_EFFICIENCY * bandwidth) };
}
