import type { Palette } from '../../../server/src/graph/palette.ts';
import type { Camera } from './camera.ts';
import type { Picture } from './picture.ts';

/** What is drawn over the picture itself. */
export interface Marks {
  readonly selected: string | undefined;
  /** Nodes that the cursor in the text is about. */
  readonly highlighted: ReadonlySet<string>;
  /** Nodes that the search found; the others are dimmed. Absent without a search. */
  readonly found: ReadonlySet<string> | undefined;
  readonly hovered: string | undefined;
}

export interface Frame {
  readonly picture: Picture;
  readonly camera: Camera;
  readonly palette: Palette;
  readonly fontFamily: string;
  readonly marks: Marks;
}

/** Draws frames; knows nothing of input, selection or models. */
export interface Renderer {
  /** The drawing area in CSS pixels, and device pixels per CSS pixel. */
  resize(width: number, height: number, ratio: number): void;
  draw(frame: Frame): void;
}
