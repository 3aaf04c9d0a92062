import { DirectedGraph } from 'graphology';
import { waitedTogether } from './passTime.ts';
import type { Dag, DagEdge, DagNode } from './types.ts';

/** A closed group, whose nodes are drawn as one. */
export interface Cluster {
  /** Key of that node. */
  readonly id: string;
  /** The id under which the group is opened: its own, or that of all groups that open together. */
  readonly opens: string;
  readonly label: string;
  /** Number of equal groups in the cluster, of which one is described. */
  readonly times: number;
  /** The attributes that all of its nodes share. */
  readonly keeps: Pick<DagNode, 'pool' | 'stage' | 'block' | 'stages'>;
}

interface Draft {
  readonly cluster: Cluster;
  /** Its position among the clusters, in the order of the flow. */
  readonly place: number;
  readonly nodes: string[];
}

/**
 * The DAG with each cluster as one node. Nothing leaves a cluster and enters it again, so the result has no new circle, and
 * nodes keep their order. Of clusters that take turns only the first round is drawn, because edges from the end of a round
 * to the next one would lead back.
 */
export function contract(dag: Dag, clusterOf: (id: string, node: DagNode) => Cluster | undefined): Dag {
  const drafts = new Map<string, Draft>();
  const keyOf = new Map<string, string>();
  dag.forEachNode((id, node) => {
    const cluster = clusterOf(id, node);
    const key = cluster?.id ?? id;
    keyOf.set(id, key);
    if (!cluster) return;
    const draft = drafts.get(key) ?? { cluster, place: drafts.size, nodes: [] };
    draft.nodes.push(id);
    drafts.set(key, draft);
  });
  if (drafts.size === 0) return dag;
  const result: Dag = new DirectedGraph<DagNode, DagEdge>();
  dag.forEachNode((id, node) => {
    const key = keyOf.get(id) ?? id;
    if (result.hasNode(key)) return;
    const draft = drafts.get(key);
    result.addNode(key, draft ? nodeOf(dag, draft) : node);
  });
  dag.forEachEdge((_, edge, from, to) => {
    const [source = from, target = to] = [keyOf.get(from), keyOf.get(to)];
    if (source === target || leadsBack(drafts.get(source), drafts.get(target))) return;
    if (!result.hasEdge(source, target)) result.addEdge(source, target, edge);
  });
  return result;
}

/** Whether an edge leads back to an earlier one of the clusters that take turns. */
function leadsBack(from: Draft | undefined, to: Draft | undefined): boolean {
  return from !== undefined && to !== undefined && from.cluster.opens === to.cluster.opens && from.place > to.place;
}

/**
 * One node for a cluster: FLOP and bytes of all copies in one of the equal groups, and the time that a micro-batch waits
 * for it, layer after layer.
 */
function nodeOf(dag: Dag, { cluster, nodes }: Draft): DagNode {
  const members = nodes.map((id) => dag.getNodeAttributes(id));
  const [first] = members;
  const last = members.at(-1);
  // The transfer to the next stage also runs on GPUs of that stage, which may be in another box.
  const inside = members.filter(({ block }) => block !== '');
  const unknown = members.find(({ notPredicted }) => notPredicted !== undefined)?.notPredicted;
  const seconds = waitedTogether(members) / cluster.times;
  const sum = (amountOf: (node: DagNode) => number) =>
    members.reduce((total, node) => total + amountOf(node) * node.copies, 0) / cluster.times;
  return {
    label: cluster.label,
    kind: 'compute',
    gpus: union((inside.length > 0 ? inside : members).map(({ gpus }) => gpus)),
    copies: cluster.times,
    ...cluster.keeps,
    layers: union(members.map(({ layers }) => layers)),
    experts: union(members.map(({ experts }) => experts)),
    operation: cluster.id,
    input: first?.input ?? [],
    output: last?.output ?? [],
    flop: sum(({ flop }) => flop),
    bytes: sum(({ bytes }) => bytes),
    seconds,
    exposedSeconds: seconds,
    formula: 'group',
    ...(unknown !== undefined && { notPredicted: unknown }),
    critical: members.some(({ critical }) => critical),
    ...(cluster.id.startsWith('layer ') && first?.isWhole && { isWhole: true }),
    opens: cluster.opens,
  };
}

/** Sorted numbers of all lists. Many lists are the very same array, and each array is read once. */
function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set([...new Set(lists)].flat())].sort((a, b) => a - b);
}
