import type { ScheduleEvent } from '../../cost/schedule/events.ts';

/**
 * For each event the indexes, in the same list, of the events whose results it waits for. A forward beside a backward pass
 * waits for two.
 */
export type Dependencies = readonly (readonly number[])[];

/**
 * What each event waits for. A forward pass waits for the stage before (or its transfer, when that is an event of its own).
 * A backward pass waits for the next stage or, in the last stage, for its own forward. Weight gradients wait for their
 * backward pass. `depths` is the number of stages times model chunks. Parts that continue from another decode period wait
 * for nothing.
 */
export function dependenciesOf(events: readonly ScheduleEvent[], stages: number, depths: number): Dependencies {
  const done = { F: new Map<string, number>(), B: new Map<string, number>(), T: new Map<string, number>() };
  const depthOf = ({ chunk, stage, layersOf }: ScheduleEvent) => chunk * stages + (layersOf ?? stage);
  for (const [index, event] of events.entries()) {
    const pass = `${depthOf(event)} ${event.micro}`;
    // When a stretch has two parts, the later one in the list, at the beginning of the period, ends it.
    if (event.kind === 'F' || event.kind === 'FB') done.F.set(pass, index);
    if (event.kind === 'B') done.B.set(pass, index);
    if (event.kind === 'T') done.T.set(pass, index);
    if (event.beside) done.B.set(`${event.beside.layersOf} ${event.beside.micro}`, index);
  }
  const forward = (depth: number, micro: number) =>
    done.T.get(`${depth - 1} ${micro}`) ?? done.F.get(`${depth - 1} ${micro}`);
  const backward = (depth: number, micro: number) =>
    depth === depths - 1 ? done.F.get(`${depth} ${micro}`) : done.B.get(`${depth + 1} ${micro}`);
  return events.map((event, index) => {
    const { kind, micro, beside, whole, start } = event;
    if (whole && whole.start < start) return [];
    const depth = depthOf(event);
    const needed =
      kind === 'T'
        ? [done.F.get(`${depth} ${micro}`)]
        : kind === 'W'
          ? [done.B.get(`${depth} ${micro}`)]
          : kind === 'B'
            ? [backward(depth, micro)]
            : [forward(depth, micro), ...(beside ? [backward(beside.layersOf, beside.micro)] : [])];
    return needed.flatMap((needed) => (needed === undefined || needed === index ? [] : [needed]));
  });
}

/**
 * One chain of events without a gap from the beginning to the end. A step does not get shorter unless one of them does.
 * Each event begins when an event that it waits for, or the event before it on its own machine, ends.
 */
export function criticalEvents(events: readonly ScheduleEvent[], dependencies: Dependencies): ReadonlySet<number> {
  const before = new Array<number>(events.length).fill(-1);
  const machines = new Map<string, number>();
  const order = [...events.keys()].sort((a, b) => (events[a]?.start ?? 0) - (events[b]?.start ?? 0));
  let end = 0;
  for (const index of order) {
    const event = events[index];
    if (!event) continue;
    const machine = `${event.kind === 'T' ? 'link' : 'stage'} ${event.stage}`;
    before[index] = machines.get(machine) ?? -1;
    machines.set(machine, index);
    end = Math.max(end, event.end);
  }
  const slack = 1e-9 * end;
  const chainTo = (last: number): ReadonlySet<number> => {
    const chain = new Set<number>();
    for (let at = last; at >= 0 && !chain.has(at); ) {
      chain.add(at);
      const { start } = events[at] ?? { start: 0 };
      const meets = (index: number) => index >= 0 && Math.abs((events[index]?.end ?? -1) - start) <= slack;
      at = [before[at] ?? -1, ...(dependencies[at] ?? [])].find(meets) ?? -1;
    }
    return chain;
  };
  // In the steady state of decoding the parts of several stages end with the period, and the slowest stage alone fills it.
  const seconds = (chain: ReadonlySet<number>) =>
    [...chain].reduce((sum, index) => sum + (events[index]?.end ?? 0) - (events[index]?.start ?? 0), 0);
  let critical: ReadonlySet<number> = new Set();
  for (const last of order) {
    if ((events[last]?.end ?? 0) < end - slack) continue;
    const chain = chainTo(last);
    if (seconds(chain) > seconds(critical)) critical = chain;
  }
  return critical;
}
