import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { inspect } from '../../server/src/services/outputs/inspect.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { previewTimelines } from '../../server/src/services/preview/timeline.ts';
import { previewTraffic } from '../../server/src/services/preview/traffic.ts';
import { analysed, evaluated } from '../support/analysed.ts';

const WORK = 'workload chat { input = 1_000 tokens, output = 200 tokens, concurrency = 4 }\n';

/** Everything that a plan makes: what is printed in JSON, its report and what the preview is sent. */
function shown(text: string): string {
  const analysis = analysed(text);
  expect(diagnose(analysis).filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
  const { deployments } = inspect(analysed(text));
  expect(deployments, text).toHaveLength(1);
  const evaluation = evaluated(text);
  const preview = [previewModel(analysis, 1), previewTraffic(evaluation), previewTimelines(evaluation)];
  const json = JSON.stringify([deployments, preview], (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? 'NOT FINITE' : value,
  );
  return `${json}\n${report(analysis)}`;
}

const ONE_GPU: readonly (readonly [string, string])[] = [
  ['a cluster of one GPU', 'cluster one { gpu = H100-SXM }'],
  ['with its count', 'cluster one { gpu = H100-SXM, count = 1 }'],
  ['a group of one GPU', 'cluster one { group loose { gpu = H100-SXM, count = 1 } }'],
  ['a node of one GPU', 'node single { gpu = H100-SXM, gpus = 1 }\ncluster one { node = single }'],
];

describe('one GPU', () => {
  for (const [title, machines] of ONE_GPU) {
    const text = `${machines}\n${WORK}deployment plan { model = Qwen3-8B, cluster = one, workload = chat }\n`;

    test(`${title} needs no links, and everything is computed`, () => {
      expect(figuresOf(evaluated(text)).throughput?.value).toBeGreaterThan(0);
      const all = shown(text);
      expect(all.match(/.{0,60}(?:NOT FINITE|NaN|Infinity|∞|\b1 GPUs\b).{0,60}/g)).toBeNull();
      expect(all).toContain('on 1 of 1 GPU (H100-SXM)');
    });
  }

  test('costs the same however it is written, and as one of a machine', () => {
    const one = ONE_GPU.map(([, machines]) =>
      figuresOf(
        evaluated(`${machines}\n${WORK}deployment plan { model = Qwen3-8B, cluster = one, workload = chat }\n`),
      ),
    );
    const ofEight = figuresOf(
      evaluated(
        `cluster one { node = DGX-H100 }\n${WORK}deployment plan { model = Qwen3-8B, cluster = one, workload = chat, gpus = 0 }\n`,
      ),
    );
    for (const figures of one) expect(figures.throughput?.value).toBeCloseTo(ofEight.throughput?.value ?? 0, 6);
  });

  test('is priced by what is said of the GPU', () => {
    const text = `gpu mine extends H100-SXM { price = 2 USD/h }\ncluster one { gpu = mine }\n${WORK}deployment plan { model = Qwen3-8B, cluster = one, workload = chat }\n`;
    expect(evaluated(text).deployment.cluster.pricePerGpuHour).toBe(2);
  });
});

test('loose GPUs serve as replicas of each other', () => {
  const text = `cluster four { gpu = H100-SXM, count = 4 }\n${WORK}deployment plan { model = Qwen3-8B, cluster = four, workload = chat, pool all { replicas = 4 } }\n`;
  expect(shown(text)).not.toMatch(/NOT FINITE|NaN|Infinity|∞/);
});

describe('a rack is its trays', () => {
  const load = 'workload load { input = 2_000 tokens, output = 500 tokens, concurrency = 1024 }';
  const layouts = [
    'parallel { dp = 72, ep = 72 }, engine { name = sglang, all-to-all = deepep }',
    'gpus = 0..63, balance = eplb, redundant-experts = 32, parallel { dp = 64, ep = 32 }, engine { name = trt-llm }',
    'gpus = 0..15, parallel { tp = 4, pp = 2, ep = 8 }, engine { name = vllm }',
  ];
  for (const layout of layouts) {
    for (const name of ['GB200-NVL72', 'GB300-NVL72']) {
      test(`${name}: ${layout}`, () => {
        const [rack, trays] = [`node = ${name}`, `node = ${name}-tray, count = 18`].map((machines) => {
          const { deployments } = inspect(
            analysed(
              `cluster c { ${machines} }\n${load}\ndeployment plan { model = DeepSeek-R1, cluster = c, workload = load, ${layout} }\n`,
            ),
          );
          return deployments;
        });
        expect(rack).toHaveLength(1);
        expect(rack).toEqual(trays);
      });
    }
  }
});

describe('a GPU with other memory than the one that it extends', () => {
  const capacity = (gpus: string) => {
    const text = `${gpus}cluster one { gpu = mine }\n${WORK}deployment plan { model = Qwen3-8B, cluster = one, workload = chat }\n`;
    return (evaluated(text).memory[0]?.classes[0]?.capacityBytes ?? 0) / 2 ** 30;
  };

  test('has the share of it that the driver reports of the other', () => {
    expect(capacity('gpu mine extends H100-SXM { memory = 160 GiB }\n')).toBeCloseTo(2 * 79.19, 3);
    const heir = 'gpu wide extends H100-SXM { memory = 160 GiB }\ngpu mine extends wide { bandwidth = 4 TB/s }\n';
    expect(capacity(heir)).toBeCloseTo(2 * 79.19, 3);
  });

  test('or what it says itself', () => {
    expect(capacity('gpu mine extends H100-SXM { memory = 160 GiB, driver-memory = 150 GiB }\n')).toBeCloseTo(150, 6);
    expect(capacity('gpu mine extends H100-SXM { bandwidth = 4 TB/s }\n')).toBeCloseTo(79.19, 3);
  });
});
