import type { Palette } from '../../../server/src/graph/palette.ts';
import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Heat } from '../../../server/src/services/preview/protocol.ts';
import type { Camera } from './camera.ts';
import type { Picture } from './picture.ts';

/** What is drawn over the picture itself. */
export interface Marks {
  readonly selected: string | undefined;
  /** Nodes that the cursor in the text belongs to. */
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
  readonly heat: Heat;
  /** How much of the edges is visible, from 0 to 1. They come in when nodes have moved to their new places. */
  readonly edges: number;
}

/** Draws frames, and knows nothing of input, selection or models. */
export interface Renderer {
  /** `canvas` or `webgl`, for readers of bug reports and for tests. */
  readonly name: string;
  /** The drawing area in CSS pixels, and device pixels per CSS pixel. */
  resize(width: number, height: number, ratio: number): void;
  draw(frame: Frame): void;
  /** The switch that opens or closes a group, if one is drawn at a point of the last frame, in CSS pixels. */
  switchAt(x: number, y: number): FoldSwitch | undefined;
}

/** From these zooms on a node shows its name, then its details, then its shapes. */
export const NAMES_FROM = 0.26;
export const DETAILS_FROM = 0.8;
export const SHAPES_FROM = 1.5;
/** Below this zoom a node is a cell, coloured by its kind and its heat, and only the critical path has lines. */
export const OUTLINES_FROM = 0.16;
/** The opacity of what the search has not found. */
export const DIMMED = 0.22;
