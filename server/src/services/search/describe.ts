import { foundFigure, plansFigure } from '../../cost/figures/found.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Cluster } from '../../plan/cluster.ts';
import { METRICS } from '../../search/metrics.ts';
import { gpuCounts, gpusOfBase, replicatedOptions, settingsBehind } from '../../search/options.ts';
import { clustersOf, scenariosOf } from '../../search/run.ts';
import type { Scalar, SearchSpace, Tried } from '../../search/space.ts';
import type { ReadSearch } from './read.ts';

/** What a search asks for and what it tries, in sentences. */
export function searchSentences({ space, by, base }: ReadSearch): readonly string[] {
  const { objective, against, bounds, whole } = space;
  const [best, second] = [objective, against].map((name) => labelOf(METRICS[name].quantity));
  const how = by === 'middle' ? 'the prediction itself' : `the lower edge of the comparison with ${base.name}`;
  const kept = bounds.map(({ metric, operator, value }) => {
    const { quantity, unit } = METRICS[metric];
    return `${labelOf(quantity)} ${operator === '<=' ? 'at most' : 'at least'} ${formatFigure(foundFigure(metric, value, unit))}`;
  });
  return [
    `Best ${best} by ${how}, with a front over ${second}.`,
    `Tried from ${base.name}: ${triedText(space)}.`,
    ...(kept.length > 0 ? [`Kept: ${kept.join(', ')}.`] : []),
    ...(whole ? [`Each pool has whole ${whole === 'node' ? 'machines' : 'scale-up domains'} for itself.`] : []),
  ];
}

/** `tp 2, 4 or 8, dp all; decode ep 16 or 32`. */
function triedText({ base, plan, pools }: SearchSpace): string {
  const whole = [
    ...(plan.clusters ? [`node ${either(plan.clusters.map(({ node }) => node))}`] : []),
    ...(['concurrency', 'micro-batch'] as const).flatMap((name) => axisText(name, plan[name])),
  ];
  const own = pools.map((axes) => Object.entries(axes).flatMap(([name, tried]) => axisText(name, tried)));
  const [first = []] = own;
  const isSame = own.every((texts) => texts.join() === first.join());
  const parts = isSame
    ? [[...first, ...whole].join(', ')]
    : [
        whole.join(', '),
        ...own.map((texts, index) =>
          texts.length === 0 ? '' : `${base.pools[index]?.name ?? ''} ${texts.join(', ')}`.trim(),
        ),
      ];
  return parts.filter((part) => part !== '').join('; ') || 'nothing but the plan itself';
}

function axisText(name: string, tried: Tried<Scalar> | undefined): readonly string[] {
  if (tried === undefined) return [];
  return [tried === 'all' ? `${name} all` : `${name} ${either(tried.map(String))}`];
}

function either(words: readonly string[]): string {
  const last = words.at(-1) ?? 'none';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** `at most 1,050 plans`, or where that is more than is counted `more than 20,000 layouts of a pool`. */
export function sizeText(space: SearchSpace, mostLayouts: number): string {
  const plans = mostPlans(space, mostLayouts);
  const [number, layouts] = [plans ?? 0, mostLayouts].map((count) => formatFigure(plansFigure(count)));
  return plans === undefined ? `more than ${layouts} layouts of a pool` : `at most ${number} plans`;
}

/** How many plans a space has at most. Undefined where its pools have more layouts than are to be counted. */
export function mostPlans(space: SearchSpace, mostLayouts: number): number | undefined {
  const counter = { layouts: 0, most: mostLayouts };
  let plans = 0;
  for (const { cluster } of clustersOf(space)) {
    let together = scenariosOf(space).length;
    for (const index of space.base.pools.keys()) {
      const ofPool = plansOfPool(space, cluster, index, counter);
      if (ofPool === undefined) return undefined;
      together *= ofPool;
    }
    plans += together;
  }
  return plans;
}

function plansOfPool(
  space: SearchSpace,
  cluster: Cluster,
  index: number,
  counter: { layouts: number; readonly most: number },
): number | undefined {
  let plans = 0;
  for (const gpus of gpuCounts(space, cluster, index, gpusOfBase(space, cluster, index))) {
    const place = { space, cluster, index, gpus };
    for (const option of replicatedOptions(place)) {
      if (++counter.layouts > counter.most) return undefined;
      plans += settingsBehind(place, option).length;
    }
  }
  return plans;
}
