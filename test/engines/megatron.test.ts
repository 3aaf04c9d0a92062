import { expect, test } from 'vitest';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';

const URI = 'file:///workspace/recipe.moeplan';

/**
 * NVIDIA-NeMo/Megatron-Bridge 067f987d, perf_recipes/deepseek/h100/deepseek_v3.py: bf16 on 1,024 H100. Dispatch by HybridEP,
 * fused loss and the optimizer's types are those of the recipe that it starts from.
 */
const RECIPE = (parallel: string) => `cluster c { node = DGX-H100, count = 128 }
workload pretraining { length = 4_096 tokens, global-batch = 16_384, micro-batch = 1 }
deployment bridge {
  model = DeepSeek-V3, cluster = c, workload = pretraining
  types { weights = bf16, gradients = bf16, main = bf16, moments = bf16 }
  parallel {
    tp = 2, pp = 8, vpp = 4, ep = 64, etp = 1, zero = 1, dp-overlap = false
    recompute = [mla-up, dense]
    ${parallel}
  }
  engine { name = megatron-bridge, all-to-all = deepep, fused-loss = true }
}
`;

function checked(parallel: string) {
  const analysis = analyseDocument(URI, catalogSources(new Map([[URI, RECIPE(parallel)]])));
  const { deployment } = analysis.plan.deployments[0] ?? {};
  if (!deployment) throw new Error('no deployment');
  const serious = diagnose(analysis).filter(({ severity }) => severity === 'error' || severity === 'warning');
  return { pool: deployment.pools[0], serious: serious.map(({ rule }) => rule) };
}

test("a recipe of Megatron-Bridge is accepted, with its layout's chunks of unequal size", () => {
  const { pool, serious } = checked('layout = "Et|(tt|)*30mL"');
  expect(serious).toEqual([]);
  expect(pool?.stages.map(({ layers }) => layers.length)).toEqual([7, 8, 8, 8, 8, 8, 8, 6]);
  expect(pool?.stages.map(({ chunks }) => chunks?.[3])).toEqual([2, 2, 2, 2, 2, 2, 2, 0]);
});

test('without the layout the chunks are uneven, which is told', () => {
  expect(checked('').serious).toEqual(['layers-not-divisible', 'schedule-impossible']);
});
