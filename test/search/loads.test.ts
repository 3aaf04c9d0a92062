import { describe, expect, test } from 'vitest';
import { Scorer } from '../../server/src/cost/score.ts';
import { ROOM } from '../../server/src/search/loads.ts';
import { METRIC_NAMES, METRICS, merit } from '../../server/src/search/metrics.ts';
import { analysed } from '../support/analysed.ts';

/**
 * What bounds rest on: as more requests are in flight, figures rise or fall as their metrics say, but for `ROOM`, and so many equal
 * instances with so many times the requests are so many times one.
 */
const MODELS = ['DeepSeek-V3', 'Qwen3-30B-A3B', 'gpt-oss-120b', 'Qwen3-235B-A22B', 'Kimi-K2.5', 'Llama-3.1-70B'];
const ENGINES = ['vllm', 'sglang', 'trt-llm', 'ideal'];
const LAYOUTS = ['tp = 8', 'tp = 8, ep = 8', 'tp = 1, dp = 8, ep = 8', 'tp = 4, pp = 2', 'tp = 2, dp = 4, ep = 8'];
const LOADS = Array.from({ length: 40 }, (_, step) => Math.round(1.25 ** step)).filter(
  (load, index, all) => load !== all[index - 1],
);

const planOf = (model: string, engine: string, layout: string, lengths: string) => `
cluster c { node = DGX-B200, count = 4 }
workload w { ${lengths}, concurrency = 1 }
deployment d { model = ${model}, cluster = c, workload = w, gpus = 0..7, parallel { ${layout} }, engine { name = ${engine} } }`;

function specOf(model: string, engine: string, layout: string, lengths: string) {
  const [resolved] = analysed(planOf(model, engine, layout, lengths)).plan.deployments;
  if (!resolved?.spec) throw new Error(`${model} is not understood`);
  return resolved.spec;
}

const LENGTHS = ['input = 2_000 tokens, output = 500 tokens', 'input = 8_000 tokens, output = 1_000 tokens'];

describe.each(MODELS)('%s', (model) => {
  test.each(ENGINES)('on %s figures follow the load but for the room that bounds leave', (engine) => {
    let compared = 0;
    for (const layout of LAYOUTS) {
      for (const lengths of LENGTHS) {
        const spec = specOf(model, engine, layout, lengths);
        const scorer = new Scorer();
        const scored = LOADS.flatMap((concurrency) => {
          const workload = { ...spec.workload, concurrency };
          const score = scorer.score({ ...spec, workload });
          return 'invalid' in score || score.memory.some(({ requestsThatFit }) => requestsThatFit === 0)
            ? []
            : [{ score, cluster: spec.cluster, workload }];
        });
        for (const name of METRIC_NAMES) {
          const { withRequests, of, better } = METRICS[name];
          const rises = (withRequests === 'rises') === (better === 'more') ? 1 : -1;
          let most = Number.NEGATIVE_INFINITY;
          for (const at of scored) {
            const value = of(at);
            if (value === undefined || withRequests === 'stays' || withRequests === 'either') continue;
            const own = rises * merit(name, value);
            if (most !== Number.NEGATIVE_INFINITY) {
              compared++;
              expect(own, `${name} of ${layout}, ${lengths} at ${JSON.stringify(at.workload)}`).toBeGreaterThanOrEqual(
                most - ROOM * Math.abs(most),
              );
            }
            most = Math.max(most, own);
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});

test('equal instances with equal loads have the figures of one, and sums of so many times it', () => {
  const spec = specOf('Qwen3-30B-A3B', 'vllm', 'tp = 4', LENGTHS[0] ?? '');
  const scorer = new Scorer();
  const scoreOf = (replicas: number) => {
    const gpus = Array.from({ length: 4 * replicas }, (_, gpu) => gpu);
    const workload = { ...spec.workload, concurrency: 24 * replicas };
    const { gpus: _, ...plan } = spec;
    const pools = spec.pools.map((pool) => ({ ...pool, gpus, replicas }));
    const score = scorer.score({ ...plan, workload, pools });
    if ('invalid' in score) throw new Error(score.invalid);
    return { score, cluster: spec.cluster, workload };
  };
  const [one, three] = [scoreOf(1), scoreOf(3)];
  for (const name of METRIC_NAMES) {
    const { of, isSum } = METRICS[name];
    const [own, ofThree] = [of(one), of(three)];
    if (own === undefined || ofThree === undefined) continue;
    expect(ofThree / own, name).toBeCloseTo(isSum ? 3 : 1, 9);
  }
});
