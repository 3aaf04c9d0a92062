import type { ConfigReader } from './configReader.ts';
import type { Wrapper } from './family.ts';

/** Parameters of a vision tower with its projector into a text model of width `hidden`; undefined where a size is missing. */
export type VisionTower = (vision: ConfigReader, outer: ConfigReader, hidden: number) => number | undefined;

/** A text model in `text_config` behind a vision tower in `vision_config`. Without a formula the tower is not counted. */
export function textAndVision(tower?: VisionTower): Wrapper {
  if (!tower) {
    return {
      text: (outer) => {
        outer.leave('vision_config');
        return outer.nested('text_config');
      },
    };
  }
  return {
    text: (outer) => outer.nested('text_config'),
    tower: (outer, hidden) => {
      const vision = outer.nested('vision_config');
      const parameters = vision && tower(vision, outer, hidden);
      if (parameters === undefined) outer.leave('vision_config');
      return parameters;
    },
  };
}
