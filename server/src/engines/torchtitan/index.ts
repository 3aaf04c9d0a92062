import type { Engine } from '../../plan/deployment.ts';
import { BYTES_PER_ELEMENT, type LayerClass } from '../../plan/model.ts';
import { SCHEDULES } from '../../plan/parallel.ts';
import { foldedDegrees } from '../degrees.ts';
import { ideal } from '../ideal/index.ts';
import { libraryBytes, wholeOnRanks } from '../memory.ts';
import type { EngineProfile, TrainedShare } from '../profile.ts';
import { nothing, unpadded, WORKSPACE_BYTES } from '../shared.ts';

/**
 * What torchtitan holds because its pipelines and its tensor parallelism are PyTorch's own (torch.distributed.pipelining
 * and DTensor) was read from their code of December 2024. Compared with published runs, the error is -12..+6 % for Llama
 * 3.1 405B on 8 stages of 8, and -8 and -2 % for Llama 3.1 70B on tp 8, to which nothing was fitted.
 */
export const torchtitan: EngineProfile = {
  title: 'torchtitan',
  tasks: ['training'],
  // It is not known as an engine that serves.
  constants: ideal.constants,
  constantsTable: 'serving',
  kernels: { attention: 'flash', blockScaled: 'cutlass', plainExperts: 'cutlass', ownExchange: [], eager: false },
  degrees: foldedDegrees,
  // Training takes all of the memory.
  settings: ideal.settings,
  rules: [],
  handover: undefined,
  launch: undefined,
  memory: {
    account: ideal.memory.account,
    cacheError: ideal.memory.cacheError,
    loggedTokens: ideal.memory.loggedTokens,
    log: ideal.memory.log,
    starts: ideal.memory.starts,
    splitOverRanks: wholeOnRanks,
    heldBesideWeights: nothing,
    storedExperts: unpadded,
    indexesEveryLayer: false,
  },
  training: {
    // PyTorch's own kernels behind torch.compile.
    software: 'pytorch',
    schedules: SCHEDULES,
    selective: 'every-second-product',
    holdsRepeatedLayer: true,
    // FSDP2 keeps a stage's weights and gradients whole between the micro-batches of a pipeline.
    keepsPipelinedWhole: true,
    // FSDP2's shards are the fp32 weights themselves.
    shardsAreMaster: true,
    lossBytes,
    libraryBytes,
    workspaceBytes: WORKSPACE_BYTES,
    groupedWorkspaceBytes: nothing,
    // Its logs count what the allocator holds: 7 % more than a step newly allocates (its Llama 3.1 8B runs, met to 2 %).
    reservedShare: 0.07,
    idleBytes: nothing,
    keepsExpertOutputs: true,
    pipelineBufferBytes,
    backwardBytes,
    headInputBytes,
  },
};

/**
 * Bytes per logit: 16 bits, and the logarithms and their gradient in fp32, with one more where tp splits the vocabulary
 * (DTensor's loss_parallel adds the exponentials to a gradient of zeros). A fused loss, compiled by torch, keeps the 16
 * bits and one fp32 copy.
 */
function lossBytes({ fusedLoss }: Pick<Engine, 'fusedLoss'>, heads: number, tp: number): number {
  if (fusedLoss) return 6 * heads;
  return (tp > 1 ? 18 : 14) * heads;
}

/**
 * Buffers of a pipeline. Every stage but the first receives each micro-batch of a step into a buffer of its own, which is
 * the first layer's saved input while the micro-batch is in flight. Every stage but the last does so with each gradient.
 * Outputs are kept with the micro-batch, and the last stage keeps the logits of all micro-batches until the step ends.
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
 * What a layer holds in its backward pass under tensor parallelism: the gathered inputs of its two halves (DTensor keeps
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

/** The gathered input of the head, kept for its gradient beside the logits. */
function headInputBytes({ parallel, tokens, model, activationBytes }: TrainedShare): number {
  return parallel.tp > 1 ? tokens * model.hidden * activationBytes : 0;
}
