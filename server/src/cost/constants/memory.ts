/** Share of activations by which the memory of a GPU may be missed: 80 % of 115 published peaks of training lie inside. */
export const ACTIVATION_ERROR = 0.075;

/** Of buffers and of the runtime's own memory: 1 to 3.5 GB where 2 GiB are assumed. */
export const RESERVE_ERROR = 0.5;
