import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../../plan/cluster.ts';

/** Share of memory bandwidth that an element-wise kernel reaches (aiconfigurator). */
export const ELEMENTWISE_EFFICIENCY = 0.8;

/**
 * Factor on host work on machines whose processors are slower than those of the x86 servers that engines are fitted on:
 * Grace. Set by hand from TensorRT-LLM's full-load runs on B200 and on GB200 (20 pairs) of Qwen3-30B-A3B, whose kernels end
 * before the next one is launched. Other models show no such difference.
 */
const GRACE = 1.4;
const HOST_TIME: Partial<Record<GpuFamily, number>> = { 'grace-blackwell': GRACE, 'grace-blackwell-ultra': GRACE };

export function hostTime({ family }: Pick<Gpu, 'family'>): number {
  return HOST_TIME[family] ?? 1;
}
