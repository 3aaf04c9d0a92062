import type { BottleneckKind } from '../evaluation.ts';
import type { Phase } from '../operation.ts';
import type { PartKind } from './step.ts';

/** The parts of a step as they are called in lists. */
export const PART_LABELS: Readonly<Record<PartKind, string>> = {
  attention: 'Attention',
  experts: 'Routed experts',
  dense: 'Shared and dense layers',
  prediction: 'Multi-token prediction',
  other: 'Norms, embedding and head',
  dispatch: 'Dispatch',
  combine: 'Combine',
  collective: 'All-reduce',
  transfer: 'Transfers between stages',
  host: 'Launches and host',
  update: 'Gradients and optimizer',
  bubble: 'Pipeline bubble',
};

/** The same inside a sentence. */
export function partInSentence(kind: PartKind): string {
  const label = PART_LABELS[kind];
  const words = `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  return kind === 'bubble' ? `the ${words}` : words;
}

/** What a part of a step waits for. */
export const BOUND_WORDS: Readonly<Record<BottleneckKind, string>> = {
  compute: 'computation',
  memory: 'memory bandwidth',
  network: 'the network',
  latency: 'start-up of kernels and transfers',
  bubble: 'the pipeline bubble',
  load: 'uneven load of experts',
  host: 'launches and the host',
  update: 'memory and the network',
};

export const STEP_WORDS: Readonly<Record<Phase, string>> = {
  forward: 'step',
  training: 'step',
  prefill: 'prefill step',
  decode: 'decode step',
};
