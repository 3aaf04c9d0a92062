import { engineProfile } from '../../engines/index.ts';
import type { Rule } from '../../language/diagnostic.ts';
import { saysLayout } from '../pipelineLayout.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, commonDivisors, fittingDegree, placeOfDegree } from './context.ts';
import { poolsWith } from './facts.ts';
import { layoutFix } from './layoutFix.ts';

/**
 * The layers cannot be shared evenly by the pipeline stages.
 *
 * A pipeline runs at the pace of its slowest stage. Without `layers` in the stages the first ones get one layer more. Engines
 * that serve place such layers themselves, and nothing is reported for them; Megatron refuses to start. With more stages than
 * layers some would be empty, which is always an error.
 *
 * ## Not so
 * ```moeplan
 * model m { layers = 61 }
 * parallel { pp = 4 }
 * ```
 *
 * ## But so
 * ```moeplan
 * stage first { layers = 0..15 }
 * stage second { layers = 16..30 }
 * stage third { layers = 31..45 }
 * stage last { layers = 46..60 }
 * ```
 *
 * ## How to fix it
 * Use a `pp` that divides the layers, or say with `layout` how many layers each stage has, or with `stage` blocks which.
 */
export const layersNotDivisible: Rule<PlanContext> = {
  name: 'layers-not-divisible',
  family: 'dimensions',
  severity: 'warning',
  summary: 'Layers cannot be shared evenly by the pipeline stages.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees')) {
      const { pool, source } = draftPool;
      const layers = pool.model.layers.length;
      const count = pool.stages.length;
      if (
        layers % count === 0 ||
        saysLayout(pool.parallel) ||
        source.stages.some((stage) => stage.entity?.properties.has('layers'))
      )
        continue;
      const tooMany = layers < count;
      const uneven = engineProfile(pool.engine.name).degrees.unevenLayers;
      if (!tooMany && uneven.kind === 'placed') continue;
      const choices = commonDivisors([layers], Math.max(count, layers));
      const gpus = pool.stages.reduce((sum, stage) => sum + stage.gpus.length, 0);
      const consequence = tooMany
        ? `${count - layers} stages would be empty`
        : uneven.kind === 'refused'
          ? uneven.because
          : `some stages have ${Math.ceil(layers / count)} layers, some ${Math.floor(layers / count)}`;
      const near = choices.filter((choice) => choice <= Math.max(2 * count, 2));
      report({
        ...placeOfDegree(draftPool, 'pp'),
        ...((tooMany || uneven.kind === 'refused') && { severity: 'error' as const }),
        message: `${layers} layers cannot be shared evenly by ${count} stages: ${consequence}; use pp = ${alternatives(near)}, or say with \`layout\` or \`stage\` blocks which layers each stage has`,
        fixes: [
          ...layoutFix(context, draftPool),
          ...(source.stages.some((stage) => stage.entity)
            ? []
            : changeNumber(source.parallel?.properties.get('pp'), fittingDegree(near, count, gpus, 1, true))),
        ],
      });
    }
  },
};
