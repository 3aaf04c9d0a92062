import { jsonText } from '../text/json.ts';
import { mermaidText } from '../text/mermaid.ts';
import { costLabel, gpuLabel } from './labels.ts';
import type { Dag, DagNode } from './types.ts';

/** The DAG as a Mermaid flowchart, for Markdown pages that draw it. */
export function toMermaid(dag: Dag, name: string): string {
  const ids = new Map(dag.nodes().map((id, index) => [id, `n${index}`]));
  const lines = [`---`, `title: ${jsonText(name)}`, `---`, 'flowchart LR'];
  dag.forEachNode((id, node) => lines.push(`  ${ids.get(id)}${shaped(node)}`));
  dag.forEachEdge((_, { kind }, from, to) =>
    lines.push(`  ${ids.get(from)} ${kind === 'gate' ? '-.->' : '-->'} ${ids.get(to)}`),
  );
  return `${lines.join('\n')}\n`;
}

function shaped(node: DagNode): string {
  const name = node.copies > 1 ? `${node.label} x${node.copies}` : node.label;
  const text = [name, node.stages ?? '', gpuLabel(node), costLabel(node)]
    .filter((line) => line !== '')
    .map(mermaidText)
    .join('<br>');
  switch (node.kind) {
    case 'communication':
      return `(["${text}"])`;
    case 'routing':
      return `[/"${text}"/]`;
    case 'aggregation':
      return `[\\"${text}"\\]`;
    case 'source':
    case 'sink':
      return `(("${text}"))`;
    default:
      return `["${text}"]`;
  }
}
