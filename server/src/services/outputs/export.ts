import type { Evaluation } from '../../cost/evaluation.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { formatFigure } from '../../cost/format.ts';
import { buildDag, defaultOptions, isDrawable, overviewOptions } from '../../graph/build.ts';
import { closedDag, type Detail, dagOf, sceneOf } from '../../graph/detail.ts';
import { toDot } from '../../graph/dot.ts';
import { toJson } from '../../graph/json.ts';
import { toMermaid } from '../../graph/mermaid.ts';
import { toSvg } from '../../graph/svg.ts';
import type { SvgTheme } from '../../graph/svgPaint.ts';
import { nameGpus } from '../../plan/wording.ts';
import { fitsAll } from '../fit.ts';

export const GRAPH_FORMATS = ['dot', 'svg', 'json', 'mermaid'] as const;

export type GraphFormat = (typeof GRAPH_FORMATS)[number];

export interface ExportOptions {
  /** By default an SVG is made for a page, and formats for programs are as fine as can be drawn. */
  readonly detail?: Detail;
  readonly theme?: SvgTheme;
}

/**
 * The DAG of a deployment as a standalone file. Equal plans give equal bytes. Mermaid is folded as far as its own limits
 * require. An SVG without a theme is light, and dark in browsers when the reader's system is dark.
 */
export function exportGraph(
  evaluation: Evaluation,
  format: GraphFormat,
  { detail, theme }: ExportOptions = {},
): string {
  const { name } = evaluation.deployment;
  const fine = detail === 'page' ? 'folded' : (detail ?? 'each');
  switch (format) {
    case 'dot':
      return toDot(dagOf(evaluation, fine), name);
    case 'json':
      return toJson(dagOf(evaluation, fine), name);
    case 'mermaid':
      return mermaidOf(evaluation, fine);
    case 'svg':
      return toSvg(sceneOf(evaluation, detail ?? 'page'), { title: name, lines: headerLines(evaluation) }, theme);
  }
}

/** Mermaid's limits, unless the page's owner raises them (`maxEdges`, `maxTextSize`). GitHub does not. */
const MERMAID = { edges: 500, characters: 50_000 };

/**
 * The finest of the usual pictures that Mermaid can draw: as asked for, folded, or with layers and equal stages as boxes.
 */
function mermaidOf(evaluation: Evaluation, detail: 'folded' | 'each'): string {
  const { name } = evaluation.deployment;
  const finest = defaultOptions(evaluation, MERMAID.edges);
  const dags = [
    ...(detail === 'each' ? [finest, { ...finest, layers: 'folded', experts: 'grouped' } as const] : []),
    overviewOptions(),
  ];
  for (const options of dags) {
    if (!isDrawable(evaluation, options)) continue;
    const dag = buildDag(evaluation, options);
    if (dag.size > MERMAID.edges) continue;
    const text = toMermaid(dag, name);
    if (text.length <= MERMAID.characters) return text;
  }
  return toMermaid(closedDag(evaluation), name);
}

function headerLines(evaluation: Evaluation): readonly string[] {
  const figures = figuresOf(evaluation);
  const { deployment, memory, prediction } = evaluation;
  const fits = fitsAll(memory);
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
