import { describe, expect, test } from 'vitest';
import { weightBytesOf } from '../../server/src/cost/figures/memory.ts';
import { evaluated } from '../support/analysed.ts';

const GIB = 2 ** 30;

const SERVING = 'input = 1000 tokens, output = 100 tokens';
const TRAINING = 'length = 4096 tokens, global-batch = 256, micro-batch = 1';

/** What a plan's first pool comes to: the degrees of its experts, and GiB on a GPU. */
function planned({ model, machines, load = SERVING, body }: Plan) {
  const { deployment, memory } = evaluated(`
    cluster machines { ${machines} }
    workload load { ${load} }
    deployment plan {
      model = ${model}, cluster = machines, workload = load
      ${body}
    }`);
  const [pool] = deployment.pools;
  const gpu = memory[0]?.classes[0];
  if (!pool || !gpu) throw new Error('the plan has no pool');
  const { etp, ep, edp } = pool.parallel;
  const gib = (bytes: number) => Number((bytes / GIB).toFixed(2));
  return {
    degrees: `etp ${etp} x ep ${ep} x edp ${edp}`,
    experts: gib(gpu.expertBytes),
    weights: gib(weightBytesOf(gpu)),
    layers: pool.stages.map(({ layers }) => layers.length).join('/'),
  };
}

interface Plan {
  readonly model: string;
  readonly machines: string;
  readonly load?: string;
  readonly body: string;
}

const TWO_H100 = 'node = DGX-H100, count = 2';
const ONE_H200 = 'node = DGX-H200, count = 1';
const ONE_H100 = 'node = DGX-H100, count = 1';

describe('degrees that a plan leaves out are those of its engine', () => {
  test.each([
    // The commonest layout of DeepSeek-R1 on two machines of H100: it runs, with every expert split over all 16.
    ['sglang', 'DeepSeek-R1', TWO_H100, 'tp = 8, dp = 2', 'etp 16 x ep 1 x edp 1', 38.07],
    ['vllm', 'DeepSeek-R1', TWO_H100, 'tp = 8, dp = 2', 'etp 16 x ep 1 x edp 1', 38.07],
    ['vllm', 'DeepSeek-V3', ONE_H200, 'dp = 8', 'etp 8 x ep 1 x edp 1', 76.14],
    ['trt-llm', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 4', 'etp 2 x ep 4 x edp 1', 76.14],
    ['trt-llm', 'DeepSeek-V3', ONE_H200, 'tp = 8, etp = 2', 'etp 2 x ep 4 x edp 1', 76.14],
    ['sglang', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 4', 'etp 2 x ep 4 x edp 1', 76.14],
    ['vllm', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 8', 'etp 1 x ep 8 x edp 1', 76.14],
    // One group of experts that is written out is what every engine does when nothing is.
    ['vllm', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 1', 'etp 8 x ep 1 x edp 1', 76.14],
    ['sglang', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 1', 'etp 8 x ep 1 x edp 1', 76.14],
    ['trt-llm', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 1', 'etp 8 x ep 1 x edp 1', 76.14],
    ['ideal', 'DeepSeek-V3', ONE_H200, 'tp = 8, ep = 1', 'etp 8 x ep 1 x edp 1', 76.14],
    ['ideal', 'DeepSeek-V3', ONE_H200, 'tp = 4, dp = 2, ep = 8', 'etp 1 x ep 8 x edp 1', 76.14],
  ])('%s: %s on { %s } with %s has %s', (engine, model, machines, parallel, degrees, gib) => {
    const body = `parallel { ${parallel} }\n engine { name = ${engine} }`;
    expect(planned({ model, machines, body })).toMatchObject({ degrees, experts: gib });
  });

  test('with DeepEP, SGLang spreads experts over all GPUs of a stage', () => {
    const body = 'parallel { tp = 1, dp = 8 }\n engine { name = sglang, all-to-all = deepep }';
    expect(planned({ model: 'DeepSeek-V3', machines: ONE_H200, body }).degrees).toBe('etp 1 x ep 8 x edp 1');
  });

  test.each([
    ['megatron', 'etp 4 x ep 2 x edp 1', 6.75],
    ['megatron-bridge', 'etp 1 x ep 2 x edp 4', 27],
  ])('%s: tp = 4, ep = 2 on 8 GPUs has %s', (engine, degrees, gib) => {
    const body = `parallel { tp = 4, ep = 2 }\n engine { name = ${engine} }`;
    expect(planned({ model: 'Qwen3-30B-A3B', machines: ONE_H100, load: TRAINING, body })).toMatchObject({
      degrees,
      experts: gib,
    });
  });
});

describe('layers are split over stages as the engine does it', () => {
  test.each([
    ['vllm', '15/15/16/15'],
    ['sglang', '15/15/15/16'],
    ['trt-llm', '16/15/15/15'],
    ['ideal', '16/15/15/15'],
  ])('%s: 61 layers of DeepSeek-V3 on four stages are %s', (engine, layers) => {
    const body = `parallel { tp = 8, pp = 4 }\n engine { name = ${engine} }`;
    expect(planned({ model: 'DeepSeek-V3', machines: 'node = DGX-H200, count = 4', body }).layers).toBe(layers);
  });

  test('the second of two stages has the head, so vLLM gives the first the odd layer', () => {
    const body = 'parallel { tp = 8, pp = 2 }\n engine { name = vllm }';
    expect(planned({ model: 'DeepSeek-V3', machines: 'node = DGX-H200, count = 2', body }).layers).toBe('31/30');
  });
});
