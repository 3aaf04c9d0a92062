import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Workload } from '../../server/src/plan/deployment.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { BY_HAND, RECENT } from '../plan/configs/recent.ts';
import { cluster, deployment, H200, node, pool, range } from '../support/deployments.ts';

const CHAT: Workload = { kind: 'serving', name: 'chat', input: 4000, output: 500, concurrency: 16, prefixShare: 0 };
const WORKLOADS: readonly Workload[] = [
  CHAT,
  { kind: 'batch', name: 'batch', sequences: 16, length: 2048 },
  { kind: 'training', name: 'train', length: 2048, globalBatch: 16, microBatch: 1, optimizer: 'adam' },
];

function modelOf(config: Readonly<Record<string, unknown>>): Model {
  const reading = readConfig('model', config);
  if ('refused' in reading) throw new Error(reading.refused);
  return reading.model;
}

function on(gpus: number, of: Model, workload: Workload, parallel: object) {
  return evaluate(deployment(of, cluster(1, node(H200)), workload, [pool(of, range(0, gpus), { parallel })]));
}

describe.each([...RECENT, ...BY_HAND].map(({ name, config }) => [name, modelOf(config)] as const))('%s', (_, model) => {
  // Engines load prediction modules for drafting alone.
  const alone = { ...model, mtpModules: 0 };

  test('one GPU holds every byte of it, and two of a tp group hold no less together', () => {
    const heldOn = (gpus: number) => {
      const { memory, parameters } = on(gpus, alone, CHAT, { tp: gpus });
      const [held] = memory[0]?.classes ?? [];
      if (!held) throw new Error('no GPU holds anything');
      const parts = [held.embeddingBytes, held.attentionBytes, held.routerBytes, held.sharedExpertBytes];
      const more = [held.expertBytes, held.denseBytes, held.normBytes, held.headBytes, held.otherWeightBytes];
      return { bytes: [...parts, ...more].reduce((sum, bytes) => sum + bytes, 0), whole: parameters.weightBytes };
    };
    const { bytes, whole } = heldOn(1);
    expect(bytes).toBe(whole);
    expect(2 * heldOn(2).bytes).toBeGreaterThanOrEqual(whole);
    expect(heldOn(2).bytes).toBeLessThan(0.8 * whole);
  });

  test.each(WORKLOADS)('runs $name in some time', (workload) => {
    const { prediction } = on(4, model, workload, { tp: 4 });
    expect(prediction.stepSeconds).toBeGreaterThan(0);
    expect(Number.isFinite(prediction.stepSeconds)).toBe(true);
    expect(prediction.utilisation).toBeGreaterThan(0);
    expect(prediction.utilisation).toBeLessThan(1);
  });
});
