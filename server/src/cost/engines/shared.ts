import type { OccupiedMemory } from './profile.ts';

/** Start of an element-wise kernel, seconds, of every engine (aiconfigurator: 3 us). */
export const ELEMENTWISE_START = 3e-6;

/** Runtime context, graphs and libraries of an engine that serves, bytes; 1 to 3.5 GB where it was measured. */
export const RUNTIME_BYTES = 2 * 2 ** 30;

/** NCCL's channels and staging of one process, bytes: measured 0.34-0.39 GB in vLLM and SGLang start-up logs. */
export const NCCL_BYTES = 0.36e9;

/** Room for the cache where an engine's share of the memory is for everything that a GPU holds. */
export function roomBesideAll(fraction: number, { capacityBytes, fixedBytes }: OccupiedMemory): number {
  return fraction * capacityBytes - fixedBytes;
}
