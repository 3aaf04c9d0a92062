import type { Rule } from '../../language/diagnostic.ts';
import { gpusDo } from '../../plan/wording.ts';
import { formatHeld, heldExperts } from '../figures/heldExperts.ts';
import { weightsFigure } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { locationOfStage, type MemoryContext } from './context.ts';

/** GPUs whose expert weights exceed the mean by this factor hold more than their share. */
const SHARE = 1.25;

/**
 * A GPU holds far more expert weights than the others of its stage.
 *
 * The share is what an even spread of the stage's experts would give each GPU. One that holds a quarter more decides both
 * the memory of the stage and, with evenly chosen experts, its time.
 *
 * ## Not so
 * ```moeplan
 * expert 0..11 on gpu 0
 * expert 12..15 on gpu 1
 * ```
 *
 * ## But so
 * ```moeplan
 * expert 0..7 on gpu 0
 * expert 8..15 on gpu 1
 * ```
 *
 * ## How to fix it
 * Spread the experts evenly, or leave out the `expert` lines: then they are placed in order.
 */
export const expertMemoryOverShare: Rule<MemoryContext> = {
  name: 'expert-memory-over-share',
  family: 'memory',
  severity: 'warning',
  summary: 'A GPU holds far more expert weights than its share.',
  check(context, report) {
    for (const { classes } of context.evaluation.memory) {
      const stages = new Set(classes.map(({ gpuClass }) => gpuClass.stage));
      for (const stage of stages) {
        const stageClasses = classes.filter(({ gpuClass }) => gpuClass.stage === stage);
        const gpus = stageClasses.reduce((sum, { gpuClass }) => sum + gpuClass.gpus.length, 0);
        const share =
          stageClasses.reduce((sum, { gpuClass, expertBytes }) => sum + gpuClass.gpus.length * expertBytes, 0) / gpus;
        const most = stageClasses.reduce((fullest, memory) =>
          memory.expertBytes > fullest.expertBytes ? memory : fullest,
        );
        // When experts do not divide evenly, one more than the others have is the best possible.
        const fewest = Math.min(...stageClasses.map(({ gpuClass }) => gpuClass.experts));
        if (most.expertBytes <= SHARE * share || most.gpuClass.experts - fewest <= stage.layers.length) continue;
        report({
          ...locationOfStage(context, stage),
          message:
            `${gpusDo(most.gpuClass.gpus, 'holds', 'hold')} ${formatFigure(weightsFigure(most.expertBytes))} of experts ` +
            `(${formatHeld(heldExperts(most.gpuClass))}), the share of a GPU is ${formatFigure(weightsFigure(share))}; move experts to the others`,
        });
      }
    }
  },
};
