import type { PreviewTraffic, TrafficGpus } from '../../../server/src/services/preview/trafficProtocol.ts';

/** A row or column of the matrix: one GPU, a node, or several. `members` are positions in the columns of `TrafficGpus`. */
export interface Unit {
  readonly label: string;
  /** The short text at its row. */
  readonly short: string;
  readonly members: readonly number[];
}

/** More rows than this are too thin to point at, so they are drawn together. */
const MOST_UNITS = 64;

export function everything({ gpu }: TrafficGpus): Unit {
  const members = [...gpu.keys()];
  return { label: nameOf(gpu), short: 'all', members };
}

/** Rows and columns in which the GPUs can be shown. Both are of one kind: GPUs, nodes, or blocks of equally many nodes. */
export function partsOf(
  gpus: TrafficGpus,
  from: Unit,
  to: Unit,
): readonly [rows: readonly Unit[], columns: readonly Unit[]] {
  const isFine = Math.max(from.members.length, to.members.length) <= MOST_UNITS;
  return [parts(gpus, from, isFine), parts(gpus, to, isFine)];
}

function parts(gpus: TrafficGpus, { members }: Unit, isFine: boolean): readonly Unit[] {
  if (isFine) {
    return members.map((member) => {
      const gpu = gpus.gpu[member] ?? 0;
      return { label: `GPU ${gpu}`, short: String(gpu), members: [member] };
    });
  }
  const nodes = new Map<number, number[]>();
  for (const member of members) {
    const node = gpus.node[member] ?? 0;
    const membersOfNode = nodes.get(node);
    if (membersOfNode) membersOfNode.push(member);
    else nodes.set(node, [member]);
  }
  const nodesWithMembers = [...nodes];
  let size = 1;
  while (Math.ceil(nodesWithMembers.length / size) > MOST_UNITS) size *= 2;
  const units: Unit[] = [];
  for (let at = 0; at < nodesWithMembers.length; at += size) {
    const block = nodesWithMembers.slice(at, at + size);
    const blockMembers = block.flatMap(([, nodeMembers]) => nodeMembers);
    const [first] = block;
    const last = block.at(-1);
    const name = block.length > 1 ? `nodes ${first?.[0]}..${last?.[0]}` : `node ${first?.[0]}`;
    units.push({
      label: `${name} (${nameOf(blockMembers.map((member) => gpus.gpu[member] ?? 0))})`,
      short: block.length > 1 ? `${first?.[0]}..${last?.[0]}` : String(first?.[0]),
      members: blockMembers,
    });
  }
  return units;
}

/** What the rows are, for the axis of the matrix. */
export function kindOf(units: readonly Unit[]): 'GPU' | 'node' | 'nodes' {
  if (units.every(({ members }) => members.length === 1)) return 'GPU';
  return units.some(({ short }) => short.includes('..')) ? 'nodes' : 'node';
}

/** GPUs that send. Those of other pools only receive, so their rows would be empty. */
export function senders({ gpu, stage }: TrafficGpus): Unit {
  const members = [...gpu.keys()].filter((member) => (stage[member] ?? -1) >= 0);
  return { label: nameOf(members.map((member) => gpu[member] ?? 0)), short: 'all', members };
}

export interface Block {
  readonly name: string;
  /** Indexes of units: the first one, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** Neighbouring units of one stage, or of one pool if it has a single stage. */
export function blocksOf({ gpus, stages, pools }: PreviewTraffic, units: readonly Unit[]): readonly Block[] {
  const nameOfUnit = ({ members }: Unit) => {
    const stage = gpus.stage[members[0] ?? -1] ?? -1;
    if (stage < 0) return pools?.others ?? '';
    return stages.length > 1 ? (stages[stage]?.label ?? '') : (pools?.own ?? '');
  };
  const blocks: Block[] = [];
  for (const [index, unit] of units.entries()) {
    const name = nameOfUnit(unit);
    const last = blocks.at(-1);
    if (last?.name === name) blocks[blocks.length - 1] = { ...last, to: index + 1 };
    else blocks.push({ name, from: index, to: index + 1 });
  }
  return blocks;
}

function nameOf(gpus: readonly number[]): string {
  const first = gpus[0] ?? 0;
  const last = gpus.at(-1) ?? first;
  if (gpus.length === 1) return `GPU ${first}`;
  return last - first === gpus.length - 1 ? `GPUs ${first}..${last}` : `${gpus.length} GPUs from ${first} to ${last}`;
}
