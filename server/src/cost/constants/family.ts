import type { Gpu } from '../../plan/cluster.ts';

/** GPUs that share one set of fitted constants. `generic` holds for every GPU without measurements of its own. */
export type Family =
  | 'ampere'
  | 'hopper'
  | 'hopper-20'
  | 'hopper-200'
  | 'ada'
  | 'blackwell'
  | 'blackwell-rack'
  | 'generic';

const FAMILIES: Readonly<Record<string, Family>> = {
  A100: 'ampere',
  H100: 'hopper',
  H800: 'hopper',
  H20: 'hopper-20',
  H200: 'hopper-200',
  GH200: 'hopper-200',
  L40S: 'ada',
  B200: 'blackwell',
  B300: 'blackwell',
  GB200: 'blackwell-rack',
  GB300: 'blackwell-rack',
};

/**
 * The family of a GPU by the names of its catalogue chain, the most derived first: `my-gpu extends H100-SXM` uses the
 * constants of H100. Names count up to their first hyphen.
 */
export function familyOf(gpu: Gpu): Family {
  for (const name of gpu.lineage.length > 0 ? gpu.lineage : [gpu.name]) {
    const family = FAMILIES[(name.split('-')[0] ?? '').toUpperCase()];
    if (family) return family;
  }
  return 'generic';
}

/**
 * The family whose kernels' constants hold: GPUs of one architecture differ in peak rates and bandwidth, not in kernels. H20,
 * whose memory outruns its arithmetic, stands for itself.
 */
export function kernelFamily(family: Family): Family {
  if (family === 'hopper-200') return 'hopper';
  return family === 'blackwell-rack' ? 'blackwell' : family;
}
