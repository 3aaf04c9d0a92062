import type { Worker } from './launch.ts';

/** GPUs that a group of workers has, as ranges with both ends. */
export interface LaidOut {
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

export interface Layout {
  readonly groups: readonly LaidOut[];
  /** Machines in all. */
  readonly nodes: number;
}

/** What lies where needs to be known of a group. */
export type Sized = Pick<Worker, 'count' | 'nodes'> & { readonly gpus: number };

/**
 * Lays groups over machines one after another. A group with machines of its own begins at a machine; one that has none of its own
 * (`nodes` 0) goes on behind the GPUs of the group before. A worker that fits into a machine never leaves it.
 */
export function layOut(groups: readonly Sized[], perNode: number): Layout {
  let next = 0;
  let used = 0;
  const laidOut = groups.map(({ count, gpus, nodes }): LaidOut => {
    if (nodes === 0) next = used;
    else if (nodes !== undefined) next = Math.ceil(next / perNode) * perNode;
    const ranges: [number, number][] = [];
    let at = next;
    for (let worker = 0; worker < count; worker++) {
      const left = perNode - (at % perNode);
      if (gpus > left && left < perNode) at += left;
      const end = at + gpus;
      const last = ranges.at(-1);
      if (last && last[1] === at - 1) last[1] = end - 1;
      else ranges.push([at, end - 1]);
      at = end;
    }
    used = at;
    next = nodes ? Math.max(at, next + nodes * perNode) : at;
    return { ranges };
  });
  return { groups: laidOut, nodes: Math.max(1, Math.ceil(Math.max(next, used) / perNode)) };
}
