import type { Evaluation } from '../cost/evaluation.ts';
import { figuresOf } from '../cost/figures.ts';
import { formatFigure } from '../cost/format.ts';
import { nameGpus } from '../cost/rules/context.ts';
import { buildDag, defaultOptions, overviewOptions } from '../graph/build.ts';
import { toDot } from '../graph/dot.ts';
import { Folding } from '../graph/folding.ts';
import { toJson } from '../graph/json.ts';
import { layoutDag } from '../graph/layout/layout.ts';
import { toMermaid } from '../graph/mermaid.ts';
import type { ThemeKind } from '../graph/palette.ts';
import { toSvg } from '../graph/svg.ts';
import type { DagOptions } from '../graph/types.ts';

export const GRAPH_FORMATS = ['dot', 'svg', 'json', 'mermaid'] as const;

export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/**
 * The DAG of a deployment as a file of its own; equal plans give equal bytes. Mermaid is folded as far as its own limits
 * ask. An SVG follows its reader's system unless
 * it is given a theme.
 */
export function exportGraph(
  evaluation: Evaluation,
  format: GraphFormat,
  options: Partial<DagOptions> = {},
  theme?: ThemeKind,
): string {
  const { name } = evaluation.deployment;
  if (format === 'mermaid') return mermaidOf(evaluation, options);
  const dag = buildDag(evaluation, { ...defaultOptions(evaluation), ...options });
  switch (format) {
    case 'dot':
      return toDot(dag, name);
    case 'json':
      return toJson(dag, name);
    case 'svg':
      return toSvg(layoutDag(dag), { title: name, lines: headerLines(evaluation) }, theme);
  }
}

/** What Mermaid draws at most unless the page's owner allows more (`maxEdges`, `maxTextSize`): GitHub does not. */
const MERMAID = { edges: 500, characters: 50_000 };

/** The finest of the usual pictures that Mermaid draws: as wished, folded, or with equal stages and closed ones as boxes. */
function mermaidOf(evaluation: Evaluation, options: Partial<DagOptions>): string {
  const { name } = evaluation.deployment;
  const finest = defaultOptions(evaluation, MERMAID.edges);
  const dags = [
    () => buildDag(evaluation, { ...finest, ...options }),
    () => buildDag(evaluation, { ...finest, layers: 'folded', experts: 'grouped', ...options }),
    () => buildDag(evaluation, overviewOptions()),
  ];
  for (const make of dags) {
    const dag = make();
    if (dag.size > MERMAID.edges) continue;
    const text = toMermaid(dag, name);
    if (text.length <= MERMAID.characters) return text;
  }
  return toMermaid(new Folding(evaluation, { opened: [], closed: [] }).dag(), name);
}

function headerLines(evaluation: Evaluation): readonly string[] {
  const figures = figuresOf(evaluation);
  const { deployment, memory, prediction } = evaluation;
  const fits = memory.every((pool) => pool.classes.every(({ freeBytes }) => freeBytes >= 0));
  const { tp, cp, dp, etp, ep, edp, pp } = deployment.pools[0]?.parallel ?? {
    tp: 1,
    cp: 1,
    dp: 1,
    etp: 1,
    ep: 1,
    edp: 1,
    pp: 1,
  };
  return [
    `${deployment.model.name} on ${nameGpus(deployment.gpus)}: pp ${pp}, attention tp ${tp} x cp ${cp} x dp ${dp}, experts etp ${etp} x ep ${ep} x edp ${edp}`,
    `${figures.throughput ? formatFigure(figures.throughput) : 'no throughput'}, ${figures.latency ? `latency ${formatFigure(figures.latency)}` : 'no latency'}; fullest GPU ${formatFigure(figures.memoryOfFullestGpu)} of ${formatFigure(figures.capacityOfFullestGpu)}: ${fits ? 'fits' : 'does not fit'}`,
    prediction.bottleneck.text,
  ];
}
