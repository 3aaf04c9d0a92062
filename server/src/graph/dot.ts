import { attribute, Digraph, Edge, Node, toDot as print, type RootGraphModel, Subgraph } from 'ts-graphviz';
import { dotId, dotText } from '../text/dot.ts';
import { costLabel, expertLabel, formatIndexes, formatShape, gpuLabel } from './labels.ts';
import type { Dag, DagNode, NodeKind } from './types.ts';

const SHAPES: Readonly<Record<NodeKind, string>> = {
  compute: 'box',
  communication: 'ellipse',
  routing: 'parallelogram',
  aggregation: 'parallelogram',
  gate: 'box',
  source: 'circle',
  sink: 'doublecircle',
  gpu: 'square',
  network: 'box',
};

const FILLS: Readonly<Record<NodeKind, string>> = {
  compute: '#dbeafe',
  communication: '#fde9c8',
  routing: '#e4dcf7',
  aggregation: '#e4dcf7',
  gate: '#f7dcea',
  source: '#eceff3',
  sink: '#eceff3',
  gpu: '#ffffff',
  network: '#fde9c8',
};

/**
 * The DAG in Graphviz' language: computation is a rectangle, communication an ellipse, routing and aggregation a
 * parallelogram. Edges that choose experts are dashed. Clusters are pools, stages and layers. Equal graphs give equal
 * bytes.
 */
export function toDot(dag: Dag, name: string): string {
  const graph = new Digraph(dotId(name));
  graph.apply({
    [attribute.rankdir]: 'LR',
    [attribute.fontname]: 'Helvetica',
    [attribute.label]: dotText(name),
    [attribute.labelloc]: 't',
    [attribute.newrank]: true,
  });
  graph.node({ [attribute.fontname]: 'Helvetica', [attribute.fontsize]: 10, [attribute.style]: 'filled' });
  graph.edge({ [attribute.fontname]: 'Helvetica', [attribute.fontsize]: 9, [attribute.color]: '#5b6472' });
  const clusters = new Map<string, Subgraph>();
  const nodes = new Map<string, Node>();
  dag.forEachNode((id, attributes) => {
    const node = new Node(dotId(id), {
      [attribute.label]: label(attributes),
      [attribute.shape]: SHAPES[attributes.kind],
      [attribute.fillcolor]: FILLS[attributes.kind],
      ...(attributes.critical && { [attribute.penwidth]: 2 }),
    });
    nodes.set(id, node);
    holder(graph, clusters, attributes).addNode(node);
  });
  dag.forEachEdge((_, { kind, shape }, from, to) => {
    const [source, target] = [nodes.get(from), nodes.get(to)];
    if (!source || !target) return;
    graph.addEdge(
      new Edge([source, target], {
        ...(kind === 'gate' ? { [attribute.style]: 'dashed' } : {}),
        [attribute.tooltip]: dotText(formatShape(shape)),
      }),
    );
  });
  // The library's limit protects against foreign texts. This graph is our own, and its size has been limited before.
  return print(graph, { convert: { maxASTNodes: 0 } });
}

function label(node: DagNode): string {
  const name = node.copies > 1 ? `${node.label} x${node.copies}` : node.label;
  const ends = node.kind === 'source' || node.kind === 'sink';
  const dimensions = ends
    ? [formatShape(node.output)]
    : [`in ${formatShape(node.input)}`, `out ${formatShape(node.output)}`];
  return [
    name,
    node.stages ?? '',
    gpuLabel(node),
    node.experts.length > 1 ? expertLabel(node.experts) : '',
    ...dimensions,
    costLabel(node),
  ]
    .filter((line) => line !== '')
    .map(dotText)
    .join('\n');
}

/** The cluster of a node. The first node in a cluster creates it and those around it. */
function holder(
  graph: RootGraphModel,
  clusters: Map<string, Subgraph>,
  { pool, stage, layers, block }: DagNode,
): RootGraphModel | Subgraph {
  const path: (readonly [key: string, label: string])[] = [];
  if (pool !== undefined) path.push([`pool ${pool}`, `pool ${pool}`]);
  if (stage !== undefined && block !== '') path.push([`stage ${pool ?? ''}/${stage}`, `stage ${stage}`]);
  if (layers.length > 0)
    path.push([
      `${pool ?? ''}/${stage ?? ''}/${block}`,
      `${layers.length === 1 ? 'layer' : 'layers'} ${formatIndexes(layers)}`,
    ]);
  let parent: RootGraphModel | Subgraph = graph;
  for (const [key, text] of path) {
    let cluster = clusters.get(key);
    if (!cluster) {
      cluster = new Subgraph(dotId(`cluster ${key}`), {
        [attribute.label]: dotText(text),
        [attribute.style]: 'rounded',
        [attribute.color]: '#9aa4b2',
      });
      clusters.set(key, cluster);
      parent.addSubgraph(cluster);
    }
    parent = cluster;
  }
  return parent;
}
