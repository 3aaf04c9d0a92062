import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { cacheClasses } from '../../server/src/cost/figures/cacheClasses.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { analyse } from '../../server/src/language/program.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { cluster, deployment, LONG_BATCH, pool } from '../support/deployments.ts';
import { weightsOf } from '../support/memory.ts';
import { CATALOG, catalogSources } from './catalog.ts';

const [anyFile = ''] = CATALOG.keys();
const models = analyse(anyFile, catalogSources()).entities.flatMap((entity) => {
  const model = entity.keyword === 'model' ? modelOf(entity) : undefined;
  return model ? [model] : [];
});

describe('a model on one GPU', () => {
  // Prediction modules are loaded for training and speculation only.
  test.each(models.map((model) => [model.name, { ...model, mtpModules: 0 }] as const))('%s', (_, model) => {
    const evaluation = evaluate(deployment(model, cluster(1), LONG_BATCH, [pool(model, [0])]));
    const [memory] = evaluation.memory;
    const [gpu] = memory?.classes ?? [];
    if (!memory || !gpu) throw new Error('no memory');
    expect(weightsOf(gpu)).toBe(parametersOf(model).weightBytes);
    const caches = cacheClasses(model);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(memory.kvBytesPerToken).toBe(sum(caches.map(({ bytesPerToken }) => bytesPerToken)));
    expect(memory.stateBytesPerSequence).toBe(sum(caches.map(({ bytesPerSequence }) => bytesPerSequence)));
  });
});
