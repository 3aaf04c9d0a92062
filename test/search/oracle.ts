import { evaluate } from '../../server/src/cost/evaluate.ts';
import { evenLayout, layoutWithRest } from '../../server/src/plan/pipelineLayout.ts';
import { blockDiagnostics } from '../../server/src/plan/rules/diagnostics.ts';
import { METRICS, type MetricName, merit } from '../../server/src/search/metrics.ts';
import { memoryRefusal } from '../../server/src/search/refusal.ts';
import type { Chosen, SearchSpace } from '../../server/src/search/space.ts';
import { specOf } from '../../server/src/search/specOf.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import type { ReadSearch } from '../../server/src/services/search/read.ts';
import { writeFound } from '../../server/src/services/search/write.ts';
import { catalogSources } from '../catalog/catalog.ts';

export interface Tried {
  readonly chosen: readonly Chosen[];
  readonly values: Readonly<Partial<Record<MetricName, number>>>;
}

/**
 * Every plan of a small space by the long way: all products of the values, each written as text, analysed, judged by every rule
 * and evaluated. It knows nothing of how the search goes about it.
 */
export function everyPlan(text: string, { space, base }: ReadSearch): readonly Tried[] {
  const cache = new AnalysisCache();
  return products(space)
    .flatMap((chosen) => withLayouts(space, chosen))
    .flatMap((chosen) => {
      const written = writeFound(base, { spec: specOf(space, chosen), chosen }, 'tried', new Set());
      const sources = catalogSources(new Map([[URI, `${text}\n${written.text}`]]));
      const { program, plan } = analyseDocument(URI, sources, cache);
      const resolved = plan.deployments.find(({ name }) => name === written.name);
      const own = resolved ? blockDiagnostics(program, plan.blockOf(resolved.entity)) : [];
      const isRefused = own.some(
        ({ severity, rule }) => severity === 'error' || (severity === 'warning' && ENGINE.test(rule)),
      );
      if (!resolved?.deployment || isRefused || program.diagnostics.some(({ severity }) => severity === 'error'))
        return [];
      const evaluation = evaluate(resolved.deployment);
      if (memoryRefusal(evaluation.memory)) return [];
      const { cluster, workload, gpus } = evaluation.deployment;
      const scored = {
        score: { predicted: evaluation.prediction, memory: evaluation.memory, gpus: gpus.length },
        cluster,
        workload,
      };
      const values: Partial<Record<MetricName, number>> = {};
      for (const [name, { of }] of Object.entries(METRICS)) {
        const value = of(scored);
        if (value !== undefined && name in METRICS) values[name as MetricName] = value;
      }
      const keeps = space.bounds.every(({ metric, operator, value }) => {
        const ofPlan = values[metric];
        return ofPlan !== undefined && (operator === '<=' ? ofPlan <= value : ofPlan >= value);
      });
      return keeps ? [{ chosen, values }] : [];
    });
}

const URI = 'file:///searched/plan.moeplan';

const ENGINE = /^(sglang|vllm|trt-llm|megatron|torchtitan|deepep|pools-cache)/;

/** Layers that stages and chunks do not divide are shared in both ways that there are. */
function withLayouts({ base }: SearchSpace, chosen: readonly Chosen[]): readonly (readonly Chosen[])[] {
  const [pp, vpp] = (['pp', 'vpp'] as const).map((axis) => Number(chosen.find((each) => each.axis === axis)?.value));
  if (!pp || !vpp || base.model.layers.length % (pp * vpp) === 0) return [chosen];
  const layouts = [evenLayout(base.model, { pp, vpp }), layoutWithRest(base.model, { pp, vpp })];
  return layouts.flatMap((value) =>
    value === undefined ? [] : [[...chosen, { axis: 'layout' as const, pool: 0, value }]],
  );
}

/** All products of the values of a space, which states each of them. */
function products(space: SearchSpace): readonly (readonly Chosen[])[] {
  const axes: { readonly axis: Chosen['axis']; readonly pool?: number; readonly values: readonly Chosen['value'][] }[] =
    [];
  const { plan, pools } = space;
  for (const axis of ['concurrency', 'micro-batch'] as const)
    if (plan[axis]) axes.push({ axis, values: listed(plan[axis]) });
  if (plan.clusters) axes.push({ axis: 'node', values: plan.clusters.map(({ node }) => node) });
  pools.forEach((ofPool, pool) => {
    for (const [axis, values] of Object.entries(ofPool))
      axes.push({ axis: axis as Chosen['axis'], pool, values: listed(values) });
  });
  return axes.reduce<readonly (readonly Chosen[])[]>(
    (before, { axis, pool, values }) =>
      before.flatMap((chosen) =>
        values.map((value) => [...chosen, { axis, ...(pool !== undefined && { pool }), value }]),
      ),
    [[]],
  );
}

function listed<Value>(values: 'all' | readonly Value[]): readonly Value[] {
  if (values === 'all') throw new Error('the long way needs every value to be named');
  return values;
}

/** The plans of which none is better in both metrics, as points. */
export function frontOf(tried: readonly Tried[], { objective, against }: SearchSpace): readonly string[] {
  const points = tried.map(({ values }) => [values[against] ?? Number.NaN, values[objective] ?? Number.NaN] as const);
  const isDominated = ([x, y]: readonly [number, number]) =>
    points.some(([otherX, otherY]) => {
      const [dx, dy] = [merit(against, otherX) - merit(against, x), merit(objective, otherY) - merit(objective, y)];
      return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0);
    });
  return [...new Set(points.filter((point) => !isDominated(point)).map(([x, y]) => `${x},${y}`))].sort();
}
