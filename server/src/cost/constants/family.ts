import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../../plan/cluster.ts';

/**
 * GPUs that share one set of fitted constants. GPUs of one architecture differ in peak rates and bandwidth, not in kernels.
 * H20 has a family of its own because its memory is fast relative to its arithmetic. `generic` is for GPUs without
 * measurements.
 */
export type Family = 'ampere' | 'hopper' | 'hopper-20' | 'ada' | 'blackwell' | 'cdna' | 'generic';

const FAMILIES: Readonly<Record<GpuFamily, Family>> = {
  ampere: 'ampere',
  ada: 'ada',
  hopper: 'hopper',
  'hopper-h20': 'hopper-20',
  blackwell: 'blackwell',
  'blackwell-ultra': 'blackwell',
  'grace-blackwell': 'blackwell',
  'grace-blackwell-ultra': 'blackwell',
  'blackwell-rtx': 'generic',
  cdna3: 'cdna',
  cdna4: 'cdna',
  other: 'generic',
};

/** The family whose constants hold for a GPU. */
export function familyOf({ family }: Pick<Gpu, 'family'>): Family {
  return FAMILIES[family];
}
