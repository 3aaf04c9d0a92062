/** Sizes of the layout in CSS pixels. */
export const MARGIN = 24;
export const PAD = 16;
export const TITLE = 22;
export const NODE_HEIGHT = 52;
export const COLUMN_GAP = 28;
export const BLOCK_GAP = 40;
export const LANE_GAP = 18;
/** Between the expert nodes of one GPU, which lie below each other in its lane. */
export const STACK_GAP = 8;
