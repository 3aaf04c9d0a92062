import type { Phase, StepParts } from '../operation.ts';

/** A quantity that is shown to users: its word, the same wherever it stands, and what it means. */
export interface Quantity {
  readonly label: string;
  readonly meaning: string;
}

/**
 * The words for quantities. One meaning has one word, and one word has one meaning: overlapped time and exposed time, a run of
 * an operation and all its runs in a step, a stage and the mean of all stages are told apart by them. docs/preview.md is made
 * from this table.
 */
export const QUANTITIES = {
  // A deployment.
  gpus: { label: 'GPUs', meaning: 'GPUs that the deployment uses.' },
  memoryInTools: {
    label: 'Memory in tools',
    meaning:
      'What nvidia-smi or rocm-smi shows of the fullest GPU: memory in use, and what the framework keeps and would give back.',
  },
  fullestGpu: { label: 'Fullest GPU', meaning: 'Memory in use on the GPU with the least room left.' },
  throughput: {
    label: 'Throughput',
    meaning: 'Tokens per second of the whole deployment: generated in serving, processed in a batch and in training.',
  },
  throughputPerGpu: { label: 'Throughput per GPU', meaning: 'Throughput over all GPUs of the deployment.' },
  latency: {
    label: 'Latency',
    meaning:
      'A mean request from its arrival to its last token; of a batch its forward pass, from the first stage to the last.',
  },
  ttft: { label: 'Time to first token', meaning: 'From the arrival of a mean request to its first token (TTFT).' },
  tpot: { label: 'Time per output token', meaning: 'Mean time between two tokens of a request (TPOT).' },
  tokensPerUser: { label: 'Tokens per second and user', meaning: 'What one user gets: 1 / TPOT.' },
  tokensPerPrice: { label: 'Tokens per price', meaning: 'Tokens for one unit of the price that the cluster states.' },
  memoryMargin: { label: 'Free on the fullest GPU', meaning: 'Share of its memory that is free.' },
  step: { label: 'Step', meaning: 'Time of one step.' },
  utilisation: {
    label: 'Utilisation',
    meaning: 'FLOP of the model over the peak FLOP of all GPUs, over all work (MFU).',
  },
  stageUtilisation: {
    label: 'Utilisation in this step',
    meaning: 'The same of the GPUs of one stage while they do one step.',
  },
  requestsThatFit: { label: 'Requests that fit', meaning: 'Requests of full length that the KV cache holds at once.' },
  expertsPerGpu: { label: 'Experts per GPU', meaning: 'Routed experts on the GPU that has most.' },
  expertMemoryPerGpu: { label: 'Expert memory per GPU', meaning: 'Bytes of their weights.' },
  pricePerHour: { label: 'Price per hour', meaning: 'The price that the plan states of its GPUs.' },
  improvement: { label: 'Improvement', meaning: 'Throughput over that of the first deployment.' },
  limit: { label: 'Limited by', meaning: 'What takes the largest part of a step.' },
  // A step and its parts.
  prefill: { label: 'Prefill', meaning: 'One prompt, read alone, in all its chunks.' },
  decode: { label: 'Decode step', meaning: 'From one token of a request to the next while no prompt is read.' },
  training: { label: 'Training step', meaning: 'All micro-batches, the reduction of gradients and the optimizer.' },
  computation: {
    label: 'Computation',
    meaning: 'Part of a step: kernels, what the engine adds between them, and the communication that they hide.',
  },
  exposedCommunication: {
    label: 'Exposed communication',
    meaning: 'Part of a step: only communication runs, because nothing hides it.',
  },
  bubble: {
    label: 'Pipeline bubble',
    meaning: 'Part of a step: a stage waits for other stages and for the transfers between them.',
  },
  betweenSteps: {
    label: 'Between steps',
    meaning: 'Part of a step: what the engine does after the last micro-batch; in training the optimizer too.',
  },
  microBatches: { label: 'Micro-batches', meaning: 'Parts into which a step is cut, as chunks of a prompt.' },
  // An operation.
  timePerRun: {
    label: 'Time per run',
    meaning:
      'How long an operation runs in one layer for one micro-batch, also while other work hides it. In training the time of the forward pass that the prediction counts.',
  },
  exposedPerRun: {
    label: 'Exposed per run',
    meaning: 'The part of that which nothing hides. Without it, all of it is exposed.',
  },
  timePerStep: { label: 'Time per step', meaning: 'All runs of an operation in a step, on one GPU of a stage.' },
  pricedPerStep: {
    label: 'Priced per step',
    meaning:
      'Training: all runs of a collective by its own formula, on one GPU of a stage. The time per step is the fitted part of it that the prediction counts.',
  },
  shareOfStep: {
    label: 'Share of step',
    meaning: 'That over the step. Work that overlaps counts twice, so shares can exceed it.',
  },
  takes: {
    label: 'Takes',
    meaning: 'From beginning to end: of a layer or stage for one micro-batch, of a bar of the timeline.',
  },
  flop: { label: 'FLOP', meaning: 'Arithmetic of one run on one GPU.' },
  bytes: { label: 'Bytes', meaning: 'Bytes that one run reads and writes in the memory of one GPU.' },
  bytesSent: { label: 'Bytes sent', meaning: 'Bytes that one GPU sends in one run.' },
  groupFlop: {
    label: 'FLOP on all GPUs',
    meaning: 'Arithmetic of a closed group of the graph, on all of its GPUs together.',
  },
  groupBytes: { label: 'Bytes on all GPUs', meaning: 'Bytes that they read, write and send.' },
  bound: {
    label: 'Bound by',
    meaning: 'What an operation waits for: computation, memory, the network, or its own start-up.',
  },
  times: { label: 'Runs per step', meaning: 'How often a GPU of a stage runs an operation in a step.' },
  // Links.
  bytesPerStep: { label: 'Bytes per step', meaning: 'Bytes that all GPUs send in a step.' },
  linkBusy: {
    label: 'Busy',
    meaning: 'Share of the step in which links of a kind work, by the formulas of what is sent.',
  },
  linkWire: {
    label: 'At full bandwidth',
    meaning: 'Share of the step that the bytes of the busiest GPU would take at the full bandwidth of the links.',
  },
} as const satisfies Readonly<Record<string, Quantity>>;

export type QuantityName = keyof typeof QUANTITIES;

/** The word of a quantity. */
export function labelOf(name: QuantityName): string {
  return QUANTITIES[name].label;
}

/** The parts of a step, in the order in which they are shown. */
export const STEP_PARTS = [
  'computation',
  'exposedCommunication',
  'bubble',
  'betweenSteps',
] as const satisfies readonly (QuantityName & keyof StepParts)[];

/** The quantity that the time of a step is: a batch has nothing but one, so that its time is the latency. */
export function stepQuantity(phase: Phase): QuantityName {
  return phase === 'forward' ? 'latency' : phase;
}
