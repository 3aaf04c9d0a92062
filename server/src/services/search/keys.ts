import {
  type AxisName,
  type Chosen,
  DEGREE_AXES,
  type PlanAxes,
  type PoolAxes,
  type Scalar,
  SETTING_AXES,
  type SearchSpace,
} from '../../search/space.ts';
import { keyOf } from '../../search/tally.ts';

/** What is chosen in a plan as one text, by which a page asks for it: `0.tp=8 0.ep=8 concurrency=64`. */
export function planKey(chosen: readonly Chosen[]): string {
  return chosen.map(keyOf).join(' ');
}

/** The reverse. Undefined where a text is no such key. */
export function readPlanKey(key: string): readonly Chosen[] | undefined {
  const choices = key.split(' ').flatMap((part) => readChoice(part) ?? []);
  return planKey(choices) === key ? choices : undefined;
}

const AXES: readonly AxisName[] = [
  ...DEGREE_AXES,
  ...SETTING_AXES,
  'gpus',
  'layout',
  'concurrency',
  'micro-batch',
  'node',
];

function readChoice(text: string): Chosen | undefined {
  const [, pool, name, value] = /^(?:(\d{1,3})\.)?([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
  const axis = AXES.find((known) => known === name);
  if (axis === undefined || value === undefined) return undefined;
  return { axis, ...(pool !== undefined && { pool: Number(pool) }), value: axis === 'node' ? value : scalarOf(value) };
}

function scalarOf(text: string): Scalar {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** The space with some axes narrowed to one value each. Undefined where one of them is not tried. */
export function narrowed(space: SearchSpace, choices: readonly Chosen[]): SearchSpace | undefined {
  let { plan, pools } = space;
  for (const { axis, pool, value } of choices) {
    if (pool === undefined) {
      const changed = narrowedPlan(plan, axis, value);
      if (!changed) return undefined;
      plan = changed;
    } else {
      const own = pools[pool];
      // A pool whose GPUs are not tried has them in its plans where those of its partner are.
      if (axis === 'gpus' && own && own.gpus === undefined) continue;
      if (!own || own[axisOfPool(axis)] === undefined) return undefined;
      const changed: PoolAxes = { ...own, [axis]: [value] };
      pools = pools.with(pool, changed);
    }
  }
  return { ...space, plan, pools };
}

function axisOfPool(axis: AxisName): keyof PoolAxes {
  return [...DEGREE_AXES, ...SETTING_AXES, 'gpus' as const].find((name) => name === axis) ?? 'gpus';
}

function narrowedPlan(plan: PlanAxes, axis: AxisName, value: Scalar): PlanAxes | undefined {
  if (axis === 'node') {
    const clusters = plan.clusters?.filter(({ node }) => node === value) ?? [];
    return clusters.length > 0 ? { ...plan, clusters } : undefined;
  }
  if ((axis !== 'concurrency' && axis !== 'micro-batch') || typeof value !== 'number') return undefined;
  return plan[axis] === undefined ? undefined : { ...plan, [axis]: [value] };
}
