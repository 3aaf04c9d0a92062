import { expect, test } from 'vitest';
import { evaluated } from '../support/analysed.ts';

/** Microseconds that a layer of a model takes in a decode step of one sequence, on eight B200. */
function layerOf(model: string, engine: string): number {
  const { prediction } = evaluated(`cluster machines { node = DGX-B200, count = 1 }
workload chat { input = 200 tokens, output = 300 tokens, concurrency = 1 }
deployment it {
  model = ${model}, cluster = machines, workload = chat
  parallel { tp = 8 }
  types { weights = fp8-block, kv = fp8 }
  engine { name = ${engine} }
}
`);
  const layers = prediction.pools[0]?.steps[0]?.stages[0]?.layers ?? [];
  const longest = layers.reduce((one, other) => (other.layers.length > one.layers.length ? other : one));
  return longest.seconds * 1e6;
}

test('an indexer costs its products and kernels even where all keys are chosen', () => {
  // DeepSeek-V3.2 has the layers of V3.1 and an indexer: two products, scores, and what narrows and chooses.
  const compiled = layerOf('DeepSeek-V3.2', 'vllm') - layerOf('DeepSeek-V3.1', 'vllm');
  const eager = layerOf('DeepSeek-V3.2', 'sglang') - layerOf('DeepSeek-V3.1', 'sglang');
  expect(compiled).toBeGreaterThan(20);
  expect(eager).toBeGreaterThan(1.5 * compiled);
  // SGLang 0.5.8 took 10 ms more for 61 layers.
  expect(eager).toBeLessThan(170);
});
