import { engineProfile } from '../../engines/index.ts';
import type { Remedy } from '../../engines/rule.ts';
import type { Finding, Rule } from '../../language/diagnostic.ts';
import { nearest } from '../divisors.ts';
import { saysLayout } from '../pipelineLayout.ts';
import { alternatives } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { changeNumber, commonDivisors, draftPools, placeOfProperty } from './context.ts';
import { layoutFix } from './layoutFix.ts';
import { fixOf } from './settings.ts';

/**
 * The pipeline schedule cannot run with these stages, chunks or micro-batches.
 *
 * Interleaving cuts the layers of every stage into `vpp` equal chunks, so `vpp` must divide them unless `layout` says what each
 * chunk has; other schedules have no chunks.
 * DualPipe gives each GPU a stage from either end: it needs an even number of stages, and at least two micro-batches for each.
 *
 * ## Not so
 * ```moeplan
 * model m { layers = 12 }
 * parallel { pp = 4, vpp = 2 }     // stages of 3 layers
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 4, vpp = 3 }
 * ```
 *
 * ## How to fix it
 * Use a `vpp` that divides the layers of each stage or a `layout`, `schedule = interleaved` with it, and for DualPipe an even `pp` and a
 * larger `global-batch`.
 */
export const scheduleImpossible: Rule<PlanContext> = {
  name: 'schedule-impossible',
  family: 'gpus',
  severity: 'error',
  summary: 'The pipeline schedule cannot run with these stages, chunks or micro-batches.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      if (!draftPool.resolved.deployment || draftPool.draft.workload.kind !== 'training') continue;
      const finding = chunks(context, draftPool) ?? directions(context, draftPool);
      if (finding) report(finding);
    }
  },
};

function chunks(context: PlanContext, draftPool: DraftPool): Finding | undefined {
  const { pool, source } = draftPool;
  const { vpp, schedule } = pool.parallel;
  if (vpp <= 1) return undefined;
  const property = source.parallel?.properties.get('vpp');
  const place = placeOfProperty(draftPool, property);
  if (schedule !== 'interleaved') {
    return {
      ...place,
      severity: 'warning',
      message: `vpp = ${vpp} has no effect with schedule = ${schedule}: leave it out, or use \`schedule = interleaved\``,
      fixes: fixOf(context, draftPool, [{ setting: 'parallel.vpp' }]),
    };
  }
  if (saysLayout(pool.parallel)) return undefined;
  const sizes = pool.stages.map(({ layers }) => layers.length);
  const uneven = sizes.find((size) => size % vpp !== 0);
  if (uneven === undefined) return undefined;
  const choices = commonDivisors(sizes, Math.max(...sizes));
  // Engines run stages that differ by a layer when the layout is written. Only more chunks than layers is impossible.
  const isEven = sizes.every((size) => size === sizes[0]);
  return {
    ...place,
    ...(!isEven && vpp <= Math.min(...sizes) && { severity: 'warning' as const }),
    message: `${uneven} layers of a stage cannot be cut into ${vpp} equal chunks: use vpp = ${alternatives(choices)}, or say with \`layout\` how many layers each has`,
    fixes: [...layoutFix(context, draftPool), ...changeNumber(property, nearest(choices, vpp))],
  };
}

function directions(context: PlanContext, draftPool: DraftPool): Finding | undefined {
  const { pool, source, draft } = draftPool;
  const { schedule, pp, microBatches, dp } = pool.parallel;
  if (schedule !== 'dualpipe' || pool.stages.length === 1) return undefined;
  // That the engine has no such schedule is the mistake, which a rule of its own tells.
  if (!engineProfile(pool.engine.name).training.schedules.includes(schedule)) return undefined;
  const place = placeOfProperty(draftPool, source.parallel?.properties.get('schedule'));
  const plain = fixOf(context, draftPool, [{ setting: 'parallel.schedule', value: '1f1b' }]);
  if (pp % 2 !== 0) {
    return {
      ...place,
      fixes: plain,
      message: `DualPipe gives each GPU a stage from either end, and ${pp} stages are odd: use an even \`pp\``,
    };
  }
  if (microBatches >= 2 * pp) return undefined;
  const perRound = draft.workload.kind === 'training' ? draft.workload.microBatch * dp * pool.replicas : 0;
  const isDerived = source.parallel?.properties.get('micro-batches') === undefined;
  const larger: Remedy = [{ setting: 'workload.global-batch', value: String(2 * pp * perRound) }];
  return {
    ...place,
    fixes: [...(isDerived && perRound > 0 ? fixOf(context, draftPool, larger) : []), ...plain],
    message: `DualPipe over ${pp} stages needs ${2 * pp} micro-batches, and there are ${microBatches}: use a larger \`global-batch\`, a smaller \`micro-batch\` or another \`schedule\``,
  };
}
