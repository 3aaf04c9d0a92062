import type { Rule } from '../../language/diagnostic.ts';
import { layerClass } from '../model.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { draftPools, linesOf, nameIndexes } from './context.ts';

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
    for (const draftPool of draftPools(context)) {
      const { pool, source, resolved } = draftPool;
      if (source.holder.incomplete) continue;
      pool.stages.forEach((_, index) => {
        for (const { layers, missing } of missingByLayers(draftPool, index)) {
          const line = linesOf(draftPool, index).find(
            (each) => !each.layers || layers.some((layer) => each.layers?.has(layer)),
          )?.written;
          const isOwn = line?.uri === resolved.entity.uri;
          report({
            ...(line && isOwn ? { uri: line.uri, span: line.node.span } : source.pool),
            message: `${nameIndexes('expert', missing)} of ${nameIndexes('layer', layers)} ${missing.length === 1 ? 'lies' : 'lie'} on no GPU: write \`expert ${missing[0]} on gpu ...\`, or leave all \`expert\` lines out`,
          });
        }
      });
    }
  },
};

interface Missing {
  readonly layers: number[];
  readonly missing: readonly number[];
}

/** Layers of a stage by the experts that they lack. */
function missingByLayers({ pool }: DraftPool, index: number): readonly Missing[] {
  const found = new Map<string, Missing>();
  for (const [layer, { ranks }] of pool.stages[index]?.experts ?? []) {
    const { feedForward } = layerClass(pool.model, layer);
    if (feedForward.kind !== 'moe') continue;
    const held = new Set(ranks.flat());
    if (held.size === feedForward.count) continue;
    const missing = Array.from({ length: feedForward.count }, (_, expert) => expert).filter(
      (expert) => !held.has(expert),
    );
    const key = missing.join();
    const known = found.get(key);
    if (known) known.layers.push(layer);
    else found.set(key, { layers: [layer], missing });
  }
  return [...found.values()];
}
