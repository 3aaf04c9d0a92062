import { graphlib, layout } from '@dagrejs/dagre';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import elkModule from 'elkjs/lib/elk.bundled.js';
import { buildDag } from '../../../server/src/graph/build.ts';
import { layoutLayered } from '../../../server/src/graph/layout/layered.ts';
import { layoutDag } from '../../../server/src/graph/layout/layout.ts';
import type { Dag } from '../../../server/src/graph/types.ts';
import { analysed } from '../../support/analysed.ts';
import { progress, type Row, rowOf } from './rows.ts';

/** A deployment whose graph, drawn node by node, has about so many nodes. */
function dagOfAbout(nodes: number): Dag {
  const layers = Math.round(nodes / 64 / 9);
  const { plan, evaluationOf } = analysed(`
model m { layers = ${layers}, hidden = 4096
  attention { heads = 64, head-size = 64 }
  experts { count = 64, top-k = 4, ffn = 2048 }
}
cluster c { node = DGX-H100, count = 8 }
workload w { sequences = 64, length = 1_000 tokens }
deployment d { model = m, cluster = c, workload = w
  parallel { tp = 8, dp = 8, ep = 64 } }
`);
  const [resolved] = plan.deployments;
  const evaluation = resolved && evaluationOf(resolved);
  if (!evaluation) throw new Error('the plan of the benchmark is not computed');
  return buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
}

/** Time of the processor, in milliseconds: what else the machine does must not count against a layout. */
async function worked(action: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

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

/** Our layouts at both sizes, and what is in common use at the smaller one, on the same graph. */
export async function measureLayouts(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [about, goal, times] of [
    [10_000, 50, 20],
    [100_000, 500, 8],
  ] as const) {
    const dag = dagOfAbout(about);
    const name = `${dag.order.toLocaleString('en')} nodes, ${dag.size.toLocaleString('en')} edges`;
    for (const [what, run] of [
      ['lay out', () => layoutDag(dag)],
      ['lay out in layers', () => layoutLayered(dag)],
    ] as const) {
      const all: number[] = [];
      for (let index = 0; index < times; index++) all.push(await worked(run));
      // The first ones warm the compiler up, as pictures before this one would.
      progress(`${what}, ${name}`);
      rows.push(rowOf(`${what}, ${name}`, all.slice(2), goal));
    }
    if (about > 10_000) continue;
    const ours = rows[0]?.p50 ?? Number.NaN;
    for (const [engine, run] of [
      ['dagre', dagre],
      ['ELK layered', elk],
      ['Graphviz dot', graphviz],
    ] as const) {
      try {
        const time = await run(dag);
        progress(engine);
        rows.push(rowOf(`${engine}, the same (${Math.round(time / ours)} times ours)`, [time]));
      } catch (error) {
        console.log(`${engine} gave up: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return rows;
}
