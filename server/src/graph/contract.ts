import { DirectedGraph } from 'graphology';
import { waitedTogether } from './passTime.ts';
import type { Dag, DagEdge, DagNode } from './types.ts';

/** A closed group: its nodes are drawn as one. */
export interface Cluster {
  /** Key of the one node. */
  readonly id: string;
  /** The id under which it is opened, its own or that of all that open together. */
  readonly opens: string;
  readonly label: string;
  /** Equal groups that the cluster holds, of which one is described. */
  readonly times: number;
  /** What of its nodes' places holds for all of them. */
  readonly keeps: Pick<DagNode, 'pool' | 'stage' | 'block' | 'stages'>;
}

interface Draft {
  readonly cluster: Cluster;
  /** Its place among the clusters, in the order of the flow. */
  readonly place: number;
  readonly nodes: string[];
}

/**
 * The DAG with each cluster as one node. Clusters are parts of the dataflow that nothing leaves and enters again, so the
 * result has no circle that was not there before; nodes keep their order. Of clusters that take turns the first round is
 * drawn: edges from the end of a round to the next one would lead back.
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

/** Whether an edge leads from one cluster of those that take turns to an earlier one. */
function leadsBack(from: Draft | undefined, to: Draft | undefined): boolean {
  return from !== undefined && to !== undefined && from.cluster.opens === to.cluster.opens && from.place > to.place;
}

/** FLOP and bytes of all copies in one of the equal groups; what a micro-batch waits for it, each layer after the other. */
function nodeOf(dag: Dag, { cluster, nodes }: Draft): DagNode {
  const members = nodes.map((id) => dag.getNodeAttributes(id));
  const [first] = members;
  const last = members.at(-1);
  // What a stage sends on also runs on GPUs of the next one, which may be in another box.
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
    ...(unknown !== undefined && { notPredicted: unknown }),
    critical: members.some(({ critical }) => critical),
    opens: cluster.opens,
  };
}

/** Sorted numbers of all lists. Lists are often the very same array: each is read once. */
function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set([...new Set(lists)].flat())].sort((a, b) => a - b);
}
