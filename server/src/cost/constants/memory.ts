/** Relative error of activations. With it the band holds 80 % of 115 published memory peaks of training. */
export const ACTIVATION_ERROR = 0.075;

/** Relative error of buffers and of the runtime's own memory: 1 to 3.5 GB where 2 GiB are assumed. */
export const RESERVE_ERROR = 0.5;

/** Relative error of what the framework's allocator keeps without use. */
export const IDLE_ERROR = 0.5;
