import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Evaluation } from '../../../server/src/cost/evaluation.ts';
import type { Operation } from '../../../server/src/cost/operation.ts';
import { analyseDocument } from '../../../server/src/services/analysis.ts';
import { catalogSources } from '../../catalog/catalog.ts';

/**
 * Every figure of the cost model under constants that never change and are nobody's fit: what moves here is a formula. A
 * change that is meant is written anew with `npx vitest run test/cost/golden -u`, and read in the difference.
 */
vi.mock(import('../../../server/src/cost/constants/fitted/decode.ts'), () => import('./frozen/decode.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/deepepLocal.ts'), () => import('./frozen/deepepLocal.ts'));
vi.mock(
  import('../../../server/src/cost/constants/fitted/deepepLowLatency.ts'),
  () => import('./frozen/deepepLowLatency.ts'),
);
vi.mock(import('../../../server/src/cost/constants/fitted/deepepRemote.ts'), () => import('./frozen/deepepRemote.ts'));
vi.mock(import('../../../server/src/engines/fitted.ts'), () => import('./frozen/engines.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/gemm.ts'), () => import('./frozen/gemm.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/grouped.ts'), () => import('./frozen/grouped.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/links.ts'), () => import('./frozen/links.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/nvlink.ts'), () => import('./frozen/nvlink.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/prefill.ts'), () => import('./frozen/prefill.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/shots.ts'), () => import('./frozen/shots.ts'));
vi.mock(import('../../../server/src/cost/constants/fitted/training.ts'), () => import('./frozen/training.ts'));

const path = join(import.meta.dirname, 'plans.moeplan');
const uri = 'file:///golden/plans.moeplan';
const analysis = analyseDocument(uri, catalogSources(new Map([[uri, readFileSync(path, 'utf8')]])));

/** Enough digits to see a formula change, and few enough that no order of summation matters. */
function rounded(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : String(value);
}

/** Numbers alone, with the names that lead to them. */
function numbersOf(value: object, names: readonly string[] = []): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
      if (typeof part === 'number') return [[name, rounded(part)]];
      return names.includes(name) ? [[name, part]] : [];
    }),
  );
}

function operationText({ key, flop, bytes, seconds, exposedSeconds, engineSeconds = 0, bound }: Operation): string {
  return `${key}: ${[flop, bytes, seconds, exposedSeconds, engineSeconds].map(rounded).join(' ')} ${bound}`;
}

function figuresOf({ memory, parameters, prediction }: Evaluation): object {
  return {
    parameters: { ...numbersOf(parameters), counts: numbersOf(parameters.counts) },
    memory: memory.map((pool) => ({ ...numbersOf(pool), classes: pool.classes.map((each) => numbersOf(each)) })),
    prediction: numbersOf(prediction),
    bottleneck: numbersOf(prediction.bottleneck, ['kind', 'operation', 'stage']),
    pools: prediction.pools.map(({ pool, steps, throughput }) => ({
      pool: pool.name,
      throughput: rounded(throughput),
      steps: steps.map((step) => ({
        ...numbersOf(step, ['phase']),
        stages: step.stages.map((stage) => ({
          ...numbersOf(stage),
          entry: stage.entry.map(operationText),
          layers: stage.layers.map((layer) => ({
            ...numbersOf(layer, ['className']),
            operations: layer.operations.map(operationText),
          })),
          exit: stage.exit.map(operationText),
          ...(stage.transfer && { transfer: operationText(stage.transfer) }),
        })),
      })),
    })),
  };
}

test('every plan is one that is computed', () => {
  expect(analysis.plan.deployments.filter(({ deployment }) => !deployment).map(({ name }) => name)).toEqual([]);
  expect(analysis.plan.deployments.length).toBeGreaterThan(15);
});

test.each(analysis.plan.deployments)('the figures of $name', async (resolved) => {
  const evaluation = analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved.invalid ?? 'nothing is computed');
  const text = `${JSON.stringify(figuresOf(evaluation), undefined, 1)}\n`;
  await expect(text).toMatchFileSnapshot(`figures/${resolved.name}.txt`);
});
