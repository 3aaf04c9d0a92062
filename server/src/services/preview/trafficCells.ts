import type { TrafficFlow } from './trafficProtocol.ts';

/**
 * The page adds up what one block of GPUs sends to another, and the server what a link level carries, both from the same
 * flows. This file imports nothing but types, so that both can run it.
 */

/** Peers of one GPU in a group: those in its own scale-up domain, and those that receive its crossing bytes. */
interface Peers {
  readonly inside: readonly number[];
  readonly across: readonly number[];
}

/** Calls `visit` for every ordered pair of GPUs of a flow, with the bytes that the first sends to the second in a step. */
export function visitPairs(
  flow: TrafficFlow,
  domainOf: (gpu: number) => number,
  visit: (from: number, to: number, bytes: number) => void,
): void {
  for (const [index, gpus] of flow.groups.entries()) {
    const inside = flow.inside[index] ?? 0;
    const across = flow.across[index] ?? 0;
    const to = flow.to?.[index];
    if (flow.pattern === 'pairs') {
      for (const [at, from] of gpus.entries()) visit(from, to?.[at] ?? from, inside + across);
    } else if (flow.pattern === 'all') {
      for (const from of gpus)
        for (const receiver of to ?? []) visit(from, receiver, (inside + across) / (to?.length ?? 1));
    } else {
      visitGroup(gpus, flow.pattern === 'rail', domainOf, (from, peers) => {
        // When an uneven group lacks one kind of peers, the other kind takes its part.
        const toInside = peers.across.length > 0 ? inside : inside + across;
        const toAcross = peers.inside.length > 0 ? across : inside + across;
        for (const receiver of peers.inside) visit(from, receiver, toInside / peers.inside.length);
        for (const receiver of peers.across) visit(from, receiver, toAcross / peers.across.length);
      });
    }
  }
}

function visitGroup(
  gpus: readonly number[],
  isRail: boolean,
  domainOf: (gpu: number) => number,
  visit: (from: number, peers: Peers) => void,
): void {
  const domains = new Map<number, number[]>();
  for (const gpu of gpus) {
    const domain = domainOf(gpu);
    const members = domains.get(domain);
    if (members) members.push(gpu);
    else domains.set(domain, [gpu]);
  }
  for (const [domain, domainGpus] of domains) {
    const others = [...domains].flatMap(([other, otherMembers]) => (other === domain ? [] : [otherMembers]));
    const outside = others.flat();
    for (const [place, from] of domainGpus.entries()) {
      const rail = isRail ? others.flatMap((members) => members[place] ?? []) : [];
      visit(from, { inside: domainGpus.filter((gpu) => gpu !== from), across: rail.length > 0 ? rail : outside });
    }
  }
}
