/** Sizes of the layout in CSS pixels. */
export const MARGIN = 24;
export const PAD = 16;
export const TITLE = 22;
/** Above the nodes of a layer: its title, and under it the edges that pass over nodes. */
export const LAYER_HEAD = TITLE + 22;
export const NODE_HEIGHT = 64;
export const COLUMN_GAP = 28;
export const BLOCK_GAP = 40;
export const LANE_GAP = 28;
/** Between the expert nodes of one GPU, which lie below each other in its lane. */
export const STACK_GAP = 10;
/** At the left of a stage with lanes, for their labels. */
export const LANE_LABEL = 104;
/** Beside the name of a lane, for what opens it. */
export const LANE_SWITCH = 34;
/** Between the rows of a wrapped block; edges from row to row run in it. */
export const ROW_GAP = 48;
/** Beside the title of a stage, for what opens and closes it. */
export const TITLE_SWITCHES = 170;
