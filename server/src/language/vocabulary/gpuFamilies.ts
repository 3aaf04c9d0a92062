/**
 * The families of GPUs. Kernels, collectives and hosts are measured by family, so a GPU's name decides nothing. A new family
 * needs one entry here and its rows in `cost/constants`.
 */
export const GPU_FAMILIES = {
  ampere: 'A100 and its kin',
  ada: 'L40S and its kin',
  hopper: 'H100, H200, H800 and GH200',
  'hopper-h20': 'H20, whose memory outruns its arithmetic',
  blackwell: 'B200',
  'blackwell-ultra': 'B300',
  'grace-blackwell': 'GB200, whose host is Grace',
  'grace-blackwell-ultra': 'GB300, whose host is Grace',
  'blackwell-rtx': 'RTX PRO 6000 and its kin; has no measurements of its own',
  cdna3: 'MI300X and MI325X; kernels were measured, serving was not',
  cdna4: 'MI355X; kernels were measured, serving was not',
  other: 'none of these: a mean of all families, with wide bands',
} as const;

export type GpuFamily = keyof typeof GPU_FAMILIES;

export function isGpuFamily(word: string | undefined): word is GpuFamily {
  return word !== undefined && Object.hasOwn(GPU_FAMILIES, word);
}
