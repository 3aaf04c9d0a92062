import type { Attention } from '../attention.ts';
import { nameOfParts } from '../layerParts.ts';
import type { FeedForward, LayerClass } from '../model.ts';

/** The index of the class with these parts, which is added to `classes` when it is not there. */
export function classOf(classes: LayerClass[], attention: Attention, feedForward: FeedForward, norms: number): number {
  const classIndex = classes.findIndex(
    (layerClass) => layerClass.attention === attention && layerClass.feedForward === feedForward,
  );
  if (classIndex >= 0) return classIndex;
  classes.push({ name: nameOfParts(attention, feedForward), attention, feedForward, norms });
  return classes.length - 1;
}
