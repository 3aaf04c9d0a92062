import type { Rule } from '../../language/diagnostic.ts';
import type { WrittenLine } from '../resolve/resolved.ts';
import { nameIndexes, writeIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { linesOf } from './context.ts';
import { areLinesRead, poolsWith } from './facts.ts';
import { faultsBy, poolFaults } from './faults.ts';
import { impossibleLines } from './placement-impossible.ts';

/**
 * Experts are placed by hand, and some of a layer lie on no GPU.
 *
 * Tokens that the router sends to a missing expert have nowhere to go. As soon as one `expert` line concerns a layer, the
 * lines must place all its experts.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * expert 0..7 on gpu 0
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 2048 }
 * expert 0..7  on gpu 0
 * expert 8..15 on gpu 1
 * ```
 *
 * ## How to fix it
 * Place the missing experts too, or leave out all `expert` lines: then experts are placed in order.
 */
export const expertMissing: Rule<PlanContext> = {
  name: 'expert-missing',
  family: 'experts',
  severity: 'error',
  summary: 'An expert of a layer lies on no GPU.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees')) {
      if (!areLinesRead(draftPool) || impossibleLines(draftPool.resolved).length > 0) continue;
      for (const { layers, missing, line } of missingByLayers(draftPool)) {
        report({
          ...(line ? { uri: line.uri, span: line.node.span } : draftPool.source.pool),
          message: `${nameIndexes('expert', missing)} of ${nameIndexes('layer', layers)} ${missing.length === 1 ? 'lies' : 'lie'} on no GPU: write \`expert ${missing[0]} on gpu ...\`, or leave all \`expert\` lines out`,
        });
      }
    }
  },
};

interface Missing {
  readonly layers: number[];
  readonly missing: readonly number[];
  /** A line that places other experts of these layers. */
  readonly line: WrittenLine | undefined;
}

/**
 * Groups the layers of a pool, over all its stages, by the experts that they lack: one line can place experts for all of
 * them.
 */
function missingByLayers(draftPool: DraftPool): readonly Missing[] {
  const missingByKey = new Map<string, Missing>();
  for (const [stage, faults] of faultsBy(poolFaults(draftPool, 'experts-missing'), (fault) => fault.stage)) {
    const lines = linesOf(draftPool, stage.index);
    for (const { layer, experts } of faults) {
      const line = lines.find(({ layers }) => !layers || layers.has(layer))?.written;
      const key = writeIndexes(experts).join();
      const entry = missingByKey.get(key);
      if (entry) entry.layers.push(layer);
      else missingByKey.set(key, { layers: [layer], missing: experts, line });
    }
  }
  return [...missingByKey.values()];
}
