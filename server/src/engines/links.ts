import type { GpuFamily } from '../language/vocabulary/gpuFamilies.ts';
import type { Gpu } from '../plan/cluster.ts';

/** What links GPUs of a host, by which libraries of collectives choose their buffers. */
export type LinkKind = 'pcie' | 'nvlink' | 'infinity-fabric';

const LINKS: Readonly<Record<GpuFamily, LinkKind>> = {
  ampere: 'nvlink',
  ada: 'pcie',
  hopper: 'nvlink',
  'hopper-h20': 'nvlink',
  blackwell: 'nvlink',
  'blackwell-ultra': 'nvlink',
  'grace-blackwell': 'nvlink',
  'grace-blackwell-ultra': 'nvlink',
  'blackwell-rtx': 'pcie',
  cdna3: 'infinity-fabric',
  cdna4: 'infinity-fabric',
  other: 'pcie',
};

export function linkKindOf({ family }: Pick<Gpu, 'family'>): LinkKind {
  return LINKS[family];
}

const DATA_CENTRE_BLACKWELL: ReadonlySet<GpuFamily> = new Set([
  'blackwell',
  'blackwell-ultra',
  'grace-blackwell',
  'grace-blackwell-ultra',
]);

/** Whether a GPU is a Blackwell with tensor memory (sm100 and sm103), for which engines have kernels of their own. */
export function isDataCentreBlackwell({ family }: Pick<Gpu, 'family'>): boolean {
  return DATA_CENTRE_BLACKWELL.has(family);
}
