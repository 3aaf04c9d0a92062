import type { Attention } from '../attention.ts';
import { nameOfParts } from '../layerParts.ts';
import type { FeedForward, LayerClass } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { LayersContext } from './family.ts';

/** A layer that attends to everything and has the dense network, as the prediction modules of some mixtures are. */
export function denseModule(_: ConfigReader, { attention, feedForward }: LayersContext): LayerClass | undefined {
  const classes: LayerClass[] = [];
  if (feedForward.dense) classOf(classes, attention.full, feedForward.dense, 2);
  return classes[0];
}

/** The index of the class with these parts, which is added to `classes` when it is not there. */
export function classOf(classes: LayerClass[], attention: Attention, feedForward: FeedForward, norms: number): number {
  const classIndex = classes.findIndex(
    (layerClass) => layerClass.attention === attention && layerClass.feedForward === feedForward,
  );
  if (classIndex >= 0) return classIndex;
  classes.push({ name: nameOfParts(attention, feedForward), attention, feedForward, norms });
  return classes.length - 1;
}
