import type { Flow } from './flows.ts';

/** The place of a GPU. A scale-up domain lies in one rack. */
export interface GpuStand {
  readonly domain: number;
  readonly rack: number;
}

/**
 * Bytes that a GPU sends over the links of its domain, over the network inside its rack, and over the network between
 * racks.
 */
export type SentBytes = readonly [scaleUp: number, scaleOut: number, rack: number];

/**
 * Calls `visit` for each sender of a flow with its bytes by level. It counts domains instead of pairs, so that a step over
 * thousands of GPUs is added up fast enough to follow typing. `visitPairs` spreads the same bytes over pairs.
 */
export function visitSenders(
  flow: Flow,
  standOf: (gpu: number) => GpuStand,
  visit: (gpu: number, sent: SentBytes) => void,
): void {
  for (const [index, gpus] of flow.groups.entries()) {
    const inside = flow.inside[index] ?? 0;
    const across = flow.across[index] ?? 0;
    const to = flow.to?.[index] ?? [];
    if (flow.pattern === 'pairs') {
      for (const [at, from] of gpus.entries())
        visit(from, split(inside + across, standOf(from), [[standOf(to[at] ?? from), 1]]));
    } else if (flow.pattern === 'all') {
      const receivers = domainsOf(to, standOf).map(({ stand, members }) => [stand, members.length] as const);
      for (const from of gpus) visit(from, split(inside + across, standOf(from), receivers));
    } else visitGroup(gpus, { inside, across, isRail: flow.pattern === 'rail' }, standOf, visit);
  }
}

interface Domain {
  readonly stand: GpuStand;
  readonly members: readonly number[];
}

function domainsOf(gpus: readonly number[], standOf: (gpu: number) => GpuStand): readonly Domain[] {
  const domains = new Map<number, { stand: GpuStand; members: number[] }>();
  for (const gpu of gpus) {
    const stand = standOf(gpu);
    const domain = domains.get(stand.domain);
    if (domain) domain.members.push(gpu);
    else domains.set(stand.domain, { stand, members: [gpu] });
  }
  return [...domains.values()];
}

interface GroupSends {
  readonly inside: number;
  readonly across: number;
  readonly isRail: boolean;
}

function visitGroup(
  gpus: readonly number[],
  { inside, across, isRail }: GroupSends,
  standOf: (gpu: number) => GpuStand,
  visit: (gpu: number, sent: SentBytes) => void,
): void {
  const domains = domainsOf(gpus, standOf);
  for (const { stand, members } of domains) {
    const others = domains.filter((other) => other.stand.domain !== stand.domain);
    const isEven = others.every((other) => other.members.length >= members.length);
    let sent: SentBytes | undefined;
    for (const [place, gpu] of members.entries()) {
      // When every place of a domain has a counterpart in the other domains, all members send the same.
      if (!sent || (isRail && !isEven)) {
        const atPlace = others.filter((other) => other.members.length > place);
        const rail = isRail && atPlace.length > 0;
        const receivers = (rail ? atPlace : others).map(
          (receiver) => [receiver.stand, rail ? 1 : receiver.members.length] as const,
        );
        sent = sentByMember(inside, across, members.length > 1, stand, receivers);
      }
      visit(gpu, sent);
    }
  }
}

function sentByMember(
  inside: number,
  across: number,
  hasPeers: boolean,
  stand: GpuStand,
  receivers: readonly (readonly [GpuStand, number])[],
): SentBytes {
  // When an uneven group lacks one kind of peers, the other kind takes its part.
  if (receivers.length === 0) return [hasPeers ? inside + across : 0, 0, 0];
  const [, out, rack] = split(hasPeers ? across : inside + across, stand, receivers);
  return [hasPeers ? inside : 0, out, rack];
}

/** Bytes by level, in proportion to the number of receivers at each. */
function split(bytes: number, from: GpuStand, receivers: readonly (readonly [GpuStand, number])[]): SentBytes {
  let [up, out, rack] = [0, 0, 0];
  for (const [stand, count] of receivers) {
    if (stand.domain === from.domain) up += count;
    else if (stand.rack === from.rack) out += count;
    else rack += count;
  }
  const total = up + out + rack;
  return total > 0 ? [(bytes * up) / total, (bytes * out) / total, (bytes * rack) / total] : [0, 0, 0];
}
