import type { Evaluation } from '../../cost/evaluation.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { labelOf, type QuantityName } from '../../cost/figures/quantities.ts';
import { shownFigures } from '../../cost/figures/shown.ts';
import { formatFigure, formatOf } from '../../cost/format.ts';
import { buildDag, defaultOptions, isDrawable, overviewOptions } from '../../graph/build.ts';
import { closedDag, type Detail, dagOf, SLIDE, sceneOf } from '../../graph/detail.ts';
import { toDot } from '../../graph/dot.ts';
import { toJson } from '../../graph/json.ts';
import { layoutDag } from '../../graph/layout/layout.ts';
import { toMermaid } from '../../graph/mermaid.ts';
import { toSvg } from '../../graph/svg.ts';
import type { SvgTheme } from '../../graph/svgPaint.ts';
import type { Scene } from '../../graph/types.ts';
import type { Pool } from '../../plan/deployment.ts';
import { nameGpus } from '../../plan/wording.ts';
import { fitsAll } from '../fit.ts';
import { machinesDag } from '../preview/machines.ts';

export const GRAPH_FORMATS = ['dot', 'svg', 'json', 'mermaid'] as const;

export type GraphFormat = (typeof GRAPH_FORMATS)[number];

export interface ExportOptions {
  /** By default an SVG is made for a page, and formats for programs are as fine as can be drawn. */
  readonly detail?: Detail | 'machines';
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
  const fine = detail === 'page' || detail === 'machines' ? 'folded' : (detail ?? 'each');
  switch (format) {
    case 'dot':
      return toDot(dagOf(evaluation, fine), name);
    case 'json':
      return toJson(dagOf(evaluation, fine), name);
    case 'mermaid':
      return mermaidOf(evaluation, fine);
    case 'svg':
      return toSvg(pictureOf(evaluation, detail ?? 'page'), { title: name, lines: headerLines(evaluation) }, theme);
  }
}

/** A plan without pools has no picture of machines, and is drawn for a page. */
function pictureOf(evaluation: Evaluation, detail: Detail | 'machines'): Scene {
  const machines = detail === 'machines' ? machinesDag(evaluation) : undefined;
  return machines ? layoutDag(machines, 'page', SLIDE) : sceneOf(evaluation, detail === 'machines' ? 'page' : detail);
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

/** Model, degrees of every pool, and the figures of the whole deployment. */
function headerLines(evaluation: Evaluation): readonly string[] {
  const { deployment, memory, prediction } = evaluation;
  const { pools } = deployment;
  const { capacityOfFullestGpu } = figuresOf(evaluation);
  const figures = shownFigures(evaluation);
  const named = (name: QuantityName) => {
    const figure = figures[name];
    return figure ? [`${labelOf(name)} ${formatFigure(figure)}`] : [];
  };
  const rates = (['throughput', 'latency', 'ttft', 'tpot', 'training'] as const).flatMap(named);
  const fullest = figures.fullestGpu ? formatOf(figures.fullestGpu, capacityOfFullestGpu) : '';
  const inAll = `${deployment.model.name} on ${nameGpus(deployment.gpus)}`;
  const [only] = pools;
  return [
    ...(pools.length === 1 && only
      ? [`${inAll}: ${degreesOf(only)}`]
      : [inAll, ...pools.map((pool) => `Pool ${pool.name} on ${nameGpus(pool.gpus)}: ${degreesOf(pool)}`)]),
    `${rates.join(', ') || 'no throughput'}; ${labelOf('fullestGpu')} ${fullest}: ${fitsAll(memory) ? 'fits' : 'does not fit'}`,
    prediction.bottleneck.text,
  ];
}

function degreesOf({ parallel, replicas }: Pool): string {
  const { tp, cp, dp, etp, ep, edp, pp } = parallel;
  const copies = replicas > 1 ? `, ${replicas} replicas` : '';
  return `pp ${pp}, attention tp ${tp} x cp ${cp} x dp ${dp}, experts etp ${etp} x ep ${ep} x edp ${edp}${copies}`;
}
