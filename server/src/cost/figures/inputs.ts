import type { Evaluation, PoolPrediction } from '../evaluation.ts';
import type { Step } from '../operation.ts';
import type { FigureInputs, FigureUnit } from './figure.ts';
import type { FormulaName } from './formulas.ts';

/** The formula behind a figure, and its inputs. */
export interface Applied {
  readonly formula: FormulaName;
  readonly inputs: FigureInputs;
}

/** Formulas of the figures of a step and of what the step serves. Requests have formulas of their own. */
export interface AppliedFormulas {
  readonly throughput: Applied;
  readonly throughputPerGpu: Applied;
  readonly latency: Applied;
  readonly ttft: Applied;
  readonly tpot: Applied;
  readonly step: Applied;
  readonly utilisation: Applied;
  readonly bubble: Applied;
  readonly exposedCommunication: Applied;
}

export function formulasOf(
  { prediction, deployment }: Evaluation,
  main: PoolPrediction | undefined,
  step: Step | undefined,
): AppliedFormulas {
  const { workload } = deployment;
  const { throughputTokensPerSecond: throughput, latencySeconds, ttftSeconds, tpotSeconds, stepSeconds } = prediction;
  const gpus = deployment.gpus.length;
  const stages = step?.stages.length ?? 1;
  const ofStep = inputs({ step: [stepSeconds, 'seconds'] });
  const shared = {
    throughputPerGpu: {
      formula: 'throughput-per-gpu',
      inputs: inputs({ throughput: [throughput, 'tokens/s'], GPUs: [gpus, 'count'] }),
    },
    step: {
      formula: main && step?.phase === 'training' ? 'training-step' : 'step',
      inputs: inputs({ stages: [stages, 'count'], 'micro-batches m': [step?.microBatches ?? 1, 'count'] }),
    },
    utilisation: {
      formula: 'utilisation',
      inputs: { ...ofStep, ...inputs({ GPUs: [gpus, 'count'] }) },
    },
    bubble: { formula: 'bubble', inputs: { ...inputs({ stages: [stages, 'count'] }), ...ofStep } },
    exposedCommunication: { formula: 'exposed-communication', inputs: ofStep },
  } as const satisfies Partial<AppliedFormulas>;
  if (workload.kind !== 'serving') {
    const rate = {
      formula: 'throughput',
      inputs: inputs({ tokens: [step?.tokens ?? 0, 'tokens'], step: [stepSeconds, 'seconds'] }),
    } as const;
    const time = { formula: 'latency', inputs: ofStep } as const;
    return { ...shared, throughput: rate, latency: time, ttft: time, tpot: time };
  }
  const { input, output, concurrency, requestRate } = workload;
  const lengths = inputs({ input: [input, 'tokens'], output: [output, 'tokens'] });
  return {
    ...shared,
    throughput: {
      formula: 'serving-throughput',
      inputs: inputs({
        output: [output, 'tokens'],
        // By Little's law, which is the formula.
        'requests in flight': [latencySeconds && (throughput * latencySeconds) / output, 'count'],
        latency: [latencySeconds, 'seconds'],
      }),
    },
    latency: {
      formula: 'request-latency',
      inputs: inputs({ TTFT: [ttftSeconds, 'seconds'], TPOT: [tpotSeconds, 'seconds'], output: [output, 'tokens'] }),
    },
    ttft: {
      formula: 'ttft',
      inputs: {
        ...lengths,
        ...inputs({
          concurrency: [concurrency, 'count'],
          rate: [requestRate, 'requests/s'],
          T_dec: [stepSeconds, 'seconds'],
        }),
      },
    },
    tpot: {
      formula: 'tpot',
      inputs: { ...inputs({ T_dec: [stepSeconds, 'seconds'], output: [output, 'tokens'] }) },
    },
  };
}

/** The inputs whose values are known. */
function inputs(
  values: Readonly<Record<string, readonly [value: number | undefined, unit: FigureUnit]>>,
): FigureInputs {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, [value, unit]]) => (value === undefined ? [] : [[name, { value, unit }]])),
  );
}
