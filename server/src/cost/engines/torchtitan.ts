import type { Engine } from '../../plan/deployment.ts';
import { BYTES_PER_ELEMENT, type LayerClass } from '../../plan/model.ts';
import { FITTED_TRAINING } from '../constants/fitted/training.ts';
import { trainingEngine } from '../constants/training.ts';
import { ideal } from './ideal.ts';
import type { EngineProfile, TrainedShare } from './profile.ts';
import { NCCL_BYTES, nothing, roomBesideAll, WORKSPACE_BYTES } from './shared.ts';

/**
 * What torchtitan holds because its pipelines and its tensor parallelism are PyTorch's own (torch.distributed.pipelining and
 * DTensor) was read from their code of December 2024. Held against published runs: Llama 3.1 405B on 8 stages of 8 is met to
 * -12..+6 %, Llama 3.1 70B on tp 8, which nothing was fitted to, to -8 and -2 %.
 */
export const torchtitan: EngineProfile = {
  tasks: ['training'],
  // Nothing is known of it as an engine that serves.
  constants: { ...ideal.constants, residual: FITTED_TRAINING.residual },
  constantsTable: 'serving',
  kernels: { attention: 'flash', blockScaled: 'cutlass', ownExchange: [] },
  memory: {
    // Training takes all of it.
    defaultFraction: () => ideal.constants.memoryFraction,
    cacheRoom: roomBesideAll,
    absorbedElementBytes: 0,
    expertColumns: {},
    libraryBytes: NCCL_BYTES,
  },
  training: {
    // PyTorch's own kernels behind torch.compile.
    times: (fitted) => trainingEngine(fitted, fitted.torchtitan),
    selective: 'every-second-product',
    holdsRepeatedLayer: true,
    // FSDP2 keeps a stage's weights and gradients whole between the micro-batches of a pipeline.
    keepsPipelinedWhole: true,
    // FSDP2's shards are the fp32 weights themselves.
    shardsAreMaster: true,
    lossBytes,
    workspaceBytes: WORKSPACE_BYTES,
    groupedWorkspaceBytes: nothing,
    // Its logs count what the allocator holds: 7 % more than a step allocates anew (its Llama 3.1 8B runs, met to 2 %).
    reservedShare: 0.07,
    pipelineBufferBytes,
    backwardBytes,
    headInputBytes,
  },
};

/**
 * Per logit 16 bits, the logarithms and their gradient, all but the first in fp32, and where tp splits the vocabulary one more
 * (DTensor's loss_parallel adds the exponentials to a gradient of zeros). A fused loss, compiled by torch, keeps the 16 bits
 * and one fp32 copy.
 */
function lossBytes({ fusedLoss }: Pick<Engine, 'fusedLoss'>, heads: number, tp: number): number {
  if (fusedLoss) return 6 * heads;
  return (tp > 1 ? 18 : 14) * heads;
}

/**
 * Buffers of a pipeline: every stage but the first receives each micro-batch of a step into a buffer of its own (as long as
 * it is in flight that buffer is the first layer's saved input), every stage but the last each gradient; outputs are kept
 * with the micro-batch; and the last stage keeps the logits of all micro-batches until the step ends.
 */
function pipelineBufferBytes(share: TrainedShare, index: number, inFlight: number, microBatches: number): number {
  const { residualTokens, tokens, activationBytes, model, parallel } = share;
  const { pp, vpp, tp } = parallel;
  if (pp === 1) return 0;
  const isFirst = index === 0;
  const isLast = index === pp - 1;
  const received = (vpp - (isFirst ? 1 : 0)) * (microBatches - inFlight) + (vpp - (isLast ? 1 : 0)) * microBatches;
  const boundary = residualTokens * model.hidden * activationBytes;
  const logits = isLast ? (microBatches - 1) * tokens * Math.ceil(model.vocabulary / tp) * activationBytes : 0;
  return (received + vpp * inFlight) * boundary + logits;
}

/**
 * A layer in its backward pass under tensor parallelism: the inputs of its two halves as they were gathered (DTensor keeps
 * them for the weights' gradients), two gradients of a gathered input, and those of the inner width.
 */
function backwardBytes(share: TrainedShare, { feedForward }: LayerClass): number {
  const { parallel, tokens, model, activationBytes } = share;
  if (parallel.tp === 1) return 0;
  const operand = Math.min(activationBytes, BYTES_PER_ELEMENT[model.types.compute ?? model.types.activations]);
  const gathered = 2 * tokens * model.hidden * (operand + activationBytes);
  if (feedForward.kind !== 'dense') return gathered;
  const inner = tokens * Math.ceil(feedForward.ffn / parallel.tp);
  return gathered + inner * (feedForward.gated ? 3 : 2) * activationBytes;
}

/** The head's input as it was gathered, kept for its gradient beside the logits. */
function headInputBytes({ parallel, tokens, model, activationBytes }: TrainedShare): number {
  return parallel.tp > 1 ? tokens * model.hidden * activationBytes : 0;
}
