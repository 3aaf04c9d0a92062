import type { Evaluation } from '../evaluation.ts';
import type { Figure } from './figure.ts';
import { figuresOf } from './figures.ts';
import { type QuantityName, stepQuantity } from './quantities.ts';

export type ShownFigures = Readonly<Partial<Record<QuantityName, Figure>>>;

/**
 * The figures of a deployment by what they are, each once: who lists some of them takes figure and word from here. Absent is
 * what a deployment does not have.
 */
export function shownFigures(evaluation: Evaluation): ShownFigures {
  const figures = figuresOf(evaluation);
  const { kind } = evaluation.deployment.workload;
  const phase = kind === 'batch' ? 'forward' : kind === 'serving' ? 'decode' : 'training';
  const { latency, step, memoryOfFullestGpu, ...others } = figures;
  return {
    gpus: others.gpus,
    ...known({
      throughput: others.throughput,
      throughputPerGpu: others.throughputPerGpu,
      ttft: others.ttft,
      tpot: others.tpot,
      utilisation: others.utilisation,
      requestsThatFit: others.requestsThatFit,
      pricePerHour: others.pricePerHour,
      latency: kind === 'serving' ? latency : undefined,
      memoryInTools: others.memoryInTools,
    }),
    [stepQuantity(phase)]: step,
    bubble: others.bubble,
    exposedCommunication: others.exposedCommunication,
    fullestGpu: memoryOfFullestGpu,
    expertsPerGpu: others.expertsPerGpu,
    expertMemoryPerGpu: others.expertMemoryPerGpu,
  };
}

function known(figures: Readonly<Partial<Record<QuantityName, Figure | undefined>>>): ShownFigures {
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined));
}
