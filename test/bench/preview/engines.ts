/** `node test/bench/preview/engines.ts dagre|elk|graphviz` prints the milliseconds that an engine takes for our graph. */
import { graphlib, layout } from '@dagrejs/dagre';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import elkModule from 'elkjs/lib/elk.bundled.js';
import type { Dag } from '../../../server/src/graph/types.ts';
import { dagOfAbout, worked } from './graphs.ts';

const SIZE = { width: 160, height: 64 };

async function dagre(dag: Dag): Promise<number> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of dag.nodes()) graph.setNode(id, { ...SIZE });
  dag.forEachEdge((_, __, from, to) => void graph.setEdge(from, to));
  return worked(() => layout(graph));
}

async function elk(dag: Dag): Promise<number> {
  const engine = new elkModule.default();
  const graph = {
    id: 'root',
    layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'RIGHT' },
    children: dag.nodes().map((id) => ({ id, ...SIZE })),
    edges: dag.mapEdges((key, _, from, to) => ({ id: key, sources: [from], targets: [to] })),
  };
  return worked(() => engine.layout(graph));
}

async function graphviz(dag: Dag): Promise<number> {
  const engine = await Graphviz.load();
  const number = new Map(dag.nodes().map((id, index) => [id, index]));
  const edges = dag.mapEdges((_, __, from, to) => `${number.get(from)}->${number.get(to)}`);
  const text = `digraph { rankdir=LR; node [shape=box, width=2, height=0.9]; ${edges.join(';')} }`;
  return worked(() => engine.layout(text, 'plain', 'dot'));
}

const ENGINES: Readonly<Record<string, (dag: Dag) => Promise<number>>> = { dagre, elk, graphviz };
const run = ENGINES[process.argv[2] ?? ''];
if (run) console.log(await run(dagOfAbout(10_000)));
