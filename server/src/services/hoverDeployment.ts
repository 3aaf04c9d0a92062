import type { Figure } from '../cost/figure.ts';
import { figuresOf } from '../cost/figures.ts';
import { formatWithBand } from '../cost/format.ts';
import { nameGpus } from '../cost/rules/context.ts';
import type { BlockNode } from '../language/tree.ts';
import type { Analysis } from './analysis.ts';
import { provenanceOf } from './hoverClaim.ts';
import { cell, paragraphs, table } from './markdown.ts';
import { memoryTable } from './memoryTable.ts';
import { memoryOf, type Subject, subjectOf } from './subject.ts';

/** Memory per GPU and the predicted performance of a deployment. */
export function deploymentHover(analysis: Analysis, block: BlockNode): string | undefined {
  const subject = subjectOf(analysis, [block]);
  if (!subject) return undefined;
  if (!subject.sizes) return cannotCompute(subject);
  const prediction = subject.evaluation ? predictionTable(subject) : cannotPredict(subject);
  return paragraphs(layoutLine(subject), memoryTable(memoryOf(subject)), prediction);
}

export function poolHover(analysis: Analysis, blocks: readonly BlockNode[]): string | undefined {
  const subject = subjectOf(analysis, blocks);
  if (!subject) return undefined;
  if (!subject.sizes) return cannotCompute(subject);
  return paragraphs(layoutLine(subject), memoryTable(memoryOf(subject)));
}

export function stageHover(analysis: Analysis, blocks: readonly BlockNode[]): string | undefined {
  const subject = subjectOf(analysis, blocks);
  if (!subject?.stage) return undefined;
  const { stage } = subject;
  const line = `Layers ${nameLayers(stage.layers)} on ${nameGpus(stage.gpus.toSorted((a, b) => a - b))}.`;
  if (!subject.sizes) return paragraphs(line, cannotCompute(subject));
  return paragraphs(line, memoryTable(memoryOf(subject)));
}

export function cannotCompute({ resolved }: Subject): string {
  return `Nothing can be computed of it yet: ${resolved.invalid ?? 'its model, cluster or workload is not known'}.`;
}

function cannotPredict({ resolved }: Subject): string {
  return `Its performance cannot be predicted yet: ${resolved.invalid}.`;
}

function layoutLine({ pools, draft }: Subject): string {
  return pools
    .map(({ pool }) => {
      const { tp, cp, dp, etp, ep, edp, pp } = pool.parallel;
      const name = draft.pools.length > 1 ? `**${pool.name}** ` : '';
      return `${name}${pool.gpus.length} GPUs: pp ${pp}; attention tp ${tp} x cp ${cp} x dp ${dp}; experts etp ${etp} x ep ${ep} x edp ${edp}.`;
    })
    .join('\n\n');
}

function predictionTable({ evaluation }: Subject): string {
  if (!evaluation) return '';
  const figures = figuresOf(evaluation);
  const rows = [
    ...(figures.throughput ? [figureRow('Throughput', figures.throughput)] : []),
    figureRow('Step', figures.step),
    ...(figures.latency ? [figureRow('Latency', figures.latency)] : []),
    ...(figures.ttft ? [figureRow('Time to first token', figures.ttft)] : []),
    ...(figures.tpot ? [figureRow('Time per output token', figures.tpot)] : []),
    ...(figures.utilisation ? [figureRow('Utilisation', figures.utilisation)] : []),
    figureRow('Pipeline bubble', figures.bubble),
    ['Limited by', evaluation.prediction.bottleneck.text, ''],
  ];
  return table(['Predicted', '', 'From'], rows);
}

/** A figure with its band, and on the same line its formula and source. */
function figureRow(label: string, figure: Figure): string[] {
  return [label, formatWithBand(figure), cell(provenanceOf(figure))];
}

/** `0..1`, or the first few. */
export function nameLayers(layers: readonly number[]): string {
  const first = layers[0] ?? 0;
  const last = layers.at(-1) ?? first;
  if (layers.length > 1 && last - first === layers.length - 1) return `${first}..${last}`;
  return layers.length > 6 ? `${layers.slice(0, 6).join(', ')} and ${layers.length - 6} more` : layers.join(', ');
}
