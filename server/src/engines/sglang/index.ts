import type { Parallel } from '../../plan/parallel.ts';
import { FITTED_ENGINES } from '../fitted.ts';
import type { EngineProfile } from '../profile.ts';
import { ELEMENTWISE_START, NCCL_BYTES, RUNTIME_BYTES, UNMEASURED_TRAINING } from '../shared.ts';
import { degrees } from './degrees.ts';

/** SGLang's own default. */
const STEP_TOKENS = 8192;

const MIB = 2 ** 20;

/**
 * SGLang keeps room free for a chunk of the prompt, captured graphs and wide groups (server_args.py of 0.5: 512 MiB, 1.5
 * MiB per token of a chunk, 2 MiB per sequence of the largest graph, 1 GiB per 8 GPUs).
 */
function defaultFraction(capacityBytes: number, { tp, pp }: Parallel): number {
  const graph = tp < 4 ? 256 : 512;
  const reserved = (512 + 1.5 * STEP_TOKENS + 2 * graph + (1024 * tp * pp) / 8) * MIB;
  return 1 - reserved / capacityBytes;
}

export const sglang: EngineProfile = {
  tasks: ['serving'],
  constants: {
    ...FITTED_ENGINES.sglang,
    elementwiseStart: ELEMENTWISE_START,
    mixed: false,
    stepTokens: STEP_TOKENS,
    growing: true,
    // It admits a request only when there is room for most of what the request may generate.
    preempts: false,
    // Approximately what `mem_fraction_static` amounts to.
    memoryFraction: 0.88,
    reserveBytes: RUNTIME_BYTES,
  },
  constantsTable: 'serving',
  // FlashAttention, FlashInfer and FlashMLA, and DeepGEMM for block-scaled fp8 on Hopper.
  kernels: { attention: 'flash', blockScaled: 'deepgemm', ownExchange: [] },
  degrees,
  memory: {
    defaultFraction,
    // Its fraction covers weights and cache. Everything else on the GPU is outside it.
    cacheRoom: (fraction, { capacityBytes, fixedBytes, weightBytes }) =>
      Math.min(capacityBytes - fixedBytes, fraction * capacityBytes - weightBytes),
    // `w_kc` and `w_vc` in 8 bits.
    absorbedElementBytes: 1,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
  training: UNMEASURED_TRAINING,
};
