import type { EngineMemory } from '../profile.ts';
import { isBefore } from '../version.ts';
import { isBlackwellServer, isHopper } from './families.ts';

function upTo(multiple: number, size: number): number {
  return Math.ceil(size / multiple) * multiple;
}

/**
 * vLLM's kernels for mxfp4 experts take whole tiles, and checkpoints are padded as they are loaded (gpt-oss: 2,880 as 3,072;
 * 0.22: `Mxfp4MoEMethod.create_weights` in quantization/mxfp4.py). FlashInfer's kernels on Blackwell pad both sizes to 256,
 * Marlin's inner columns to 128 and the hidden size to 256, and Triton's, which Hopper had until Marlin came, inner columns.
 */
export const storedExperts: EngineMemory['storedExperts'] = ({ hidden, columns }, { type, version, family }) => {
  if (type !== 'mxfp4') return { hidden, columns };
  if (isBlackwellServer(family)) return { hidden: upTo(256, hidden), columns: upTo(256, columns) };
  // Start-up logs of 0.11 on Hopper have the sizes of Triton's kernels, those of 0.19 and later the sizes of Marlin's.
  const isTriton = isHopper(family) && isBefore(version, '0.19');
  return isTriton
    ? { hidden, columns: upTo(256, columns) }
    : { hidden: upTo(256, hidden), columns: upTo(128, columns) };
};
