/** Sizes of the layout in CSS pixels. */
export const MARGIN = 24;
export const PAD = 16;
export const TITLE = 22;
/** Height above the nodes of a layer: its title, and under it the edges that pass over nodes. */
export const LAYER_HEAD = TITLE + 22;
export const NODE_HEIGHT = 64;
export const COLUMN_GAP = 28;
export const BLOCK_GAP = 40;
export const LANE_GAP = 28;
/** Gap between the expert nodes of one GPU, which are stacked in its lane. */
export const STACK_GAP = 10;
/** Room at the left of a stage with lanes, for their labels. */
export const LANE_LABEL = 104;
/** Room beside the name of a lane, for its switch. */
export const LANE_SWITCH = 34;
/** Gap between the rows of a wrapped block. Edges from row to row run in it. */
export const ROW_GAP = 48;
/** Room beside the title of a stage, for its switches. */
export const TITLE_SWITCHES = 170;
