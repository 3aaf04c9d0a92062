import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';

/** GPUs of compute capability 10, for which FlashInfer has kernels of its own. */
const BLACKWELL_SERVERS: readonly GpuFamily[] = [
  'blackwell',
  'blackwell-ultra',
  'grace-blackwell',
  'grace-blackwell-ultra',
];

export function isBlackwellServer(family: GpuFamily): boolean {
  return BLACKWELL_SERVERS.includes(family);
}

export function isHopper(family: GpuFamily): boolean {
  return family.startsWith('hopper');
}
