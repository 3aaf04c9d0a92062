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
/**
 * ROCm launches kernels more slowly. Chosen, like the gap between replayed kernels, over 25 public runs of seven models of SGLang on MI300X
 * (sgl-cookbook, 2025-12): with any one of them left out 1.75 or 2 fits the others best.
 */
const HIP = 1.75;
const HOST_TIME: Partial<Record<GpuFamily, number>> = {
  'grace-blackwell': GRACE,
  'grace-blackwell-ultra': GRACE,
  cdna3: HIP,
  cdna4: HIP,
};

export function hostTime({ family }: Pick<Gpu, 'family'>): number {
  return HOST_TIME[family] ?? 1;
}

/**
 * Seconds between two kernels that ROCm replays from a captured graph, beside what a kernel's own time shows. In runs of one sequence on MI300X
 * a layer takes 200 to 390 us, of which aiter's tables explain half.
 */
const REPLAY_GAP = 6.5e-6;

export function replayGap({ family }: Pick<Gpu, 'family'>): number {
  return family.startsWith('cdna') ? REPLAY_GAP : 0;
}
