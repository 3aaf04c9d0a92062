import { engineProfile } from '../../engines/index.ts';
import type { Remedy } from '../../engines/rule.ts';
import type { Rule } from '../../language/diagnostic.ts';
import { isDeepEp } from '../deployment.ts';
import { alternatives } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  fittingDegree,
  linesOf,
  modelProperty,
  placeOfDegree,
  relatedProperty,
  stated,
} from './context.ts';
import { poolsWith } from './facts.ts';
import { fixOf } from './settings.ts';

/**
 * The experts of a layer cannot be spread evenly over the expert parallel ranks.
 *
 * Some ranks then hold one expert more than others, and every step waits for them. SGLang, TensorRT-LLM and Megatron refuse
 * to start. The EPLB algorithm needs an even number, so with `balance = eplb` this is an error for every engine, and experts
 * are placed in order instead.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * parallel { ep = 6 }
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * parallel { ep = 8 }
 * ```
 *
 * ## How to fix it
 * Use an `ep` that divides the experts, or add `redundant-experts` up to the next multiple where the engine has them.
 */
export const expertsNotDivisible: Rule<PlanContext> = {
  name: 'experts-not-divisible',
  family: 'dimensions',
  severity: 'warning',
  summary: 'Experts cannot be spread evenly over the expert parallel ranks.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees')) {
      const { pool, source, resolved } = draftPool;
      const { ep, etp, edp } = pool.parallel;
      const { unevenExperts, hasRedundantExperts } = engineProfile(pool.engine.name).degrees;
      const { redundant, balance } = source.placement;
      if (pool.stages.every((_, index) => linesOf(draftPool, index).length > 0)) continue;
      const counts = new Set(
        classesOfPool(pool).flatMap(({ feedForward }) => (feedForward.kind === 'moe' ? [feedForward.count] : [])),
      );
      for (const count of counts) {
        const physical = count + redundant;
        if (physical % ep === 0) continue;
        const stageGpus = pool.stages[0]?.gpus.length ?? ep;
        const choices = commonDivisors([physical], stageGpus).filter((choice) => runsWith(draftPool, choice));
        const kept = (['etp', 'edp'] as const).filter((degree) => stated(source.parallel, degree));
        const product = (kept.includes('etp') ? etp : 1) * (kept.includes('edp') ? edp : 1);
        const missing = ep - (physical % ep);
        const held = `${Math.floor(physical / ep)} or ${Math.ceil(physical / ep)} per GPU`;
        const isRefused = unevenExperts.kind === 'refused';
        const reason = isRefused ? unevenExperts.because : held;
        const orCopies = hasRedundantExperts ? `, or redundant-experts = ${redundant + missing}` : '';
        const what = redundant > 0 ? `count = ${count} with ${redundant} redundant experts` : `count = ${count}`;
        report({
          ...placeOfDegree(draftPool, 'ep'),
          ...((isRefused || balance === 'eplb') && { severity: 'error' as const }),
          message: `${what} cannot be spread evenly over ep = ${ep} (${reason}): ${choices.length > 0 ? `use ep = ${alternatives(choices)}${orCopies}` : `use another number of GPUs${orCopies}`}`,
          related: relatedProperty(modelProperty(resolved, 'experts', 'count'), `${count} experts`),
          fixes: [
            ...changeNumber(
              source.parallel?.properties.get('ep'),
              fittingDegree(choices, ep, stageGpus, product, kept.length < 2),
            ),
            ...(hasRedundantExperts ? fixOf(context, draftPool, copies(redundant + missing, balance)) : []),
          ],
        });
      }
    }
  },
};

/** Copies of experts that fill the ranks up, which engines make only where they balance. */
function copies(redundant: number, balance: 'none' | 'eplb'): Remedy {
  return [
    ...(balance === 'eplb' ? [] : [{ setting: 'pool.balance', value: 'eplb' } as const]),
    { setting: 'pool.redundant-experts', value: String(redundant) },
  ];
}

/** Whether the engine runs with another `ep`, and can split each expert over the GPUs that are then left for it. */
function runsWith({ pool, source }: DraftPool, ep: number): boolean {
  const { degrees } = engineProfile(pool.engine.name);
  const { tp, cp, dp, etp, edp } = pool.parallel;
  const gpus = pool.stages[0]?.gpus.length ?? 1;
  const said = {
    ep,
    ...(stated(source.parallel, 'etp') && { etp }),
    ...(stated(source.parallel, 'edp') && { edp }),
    isDeepEp: isDeepEp(pool.engine.allToAll),
  };
  const split = degrees.experts(said, { tp, cp, dp, gpus }).etp;
  const widths = classesOfPool(pool).flatMap(({ feedForward }) =>
    feedForward.kind === 'moe' ? [feedForward.ffn] : [],
  );
  return degrees.canSpread(ep, gpus, said) && widths.every((width) => width % split === 0);
}
