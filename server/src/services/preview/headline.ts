import type { Evaluation } from '../../cost/evaluation.ts';
import { bottleneckFigure } from '../../cost/figures/bottleneck.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { type Figures, figuresOf } from '../../cost/figures/figures.ts';
import { poolTokensFigure } from '../../cost/figures/memory.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatBand, formatFigure, formatOf } from '../../cost/format.ts';
import { derivationText } from '../derivation.ts';
import type { PreviewFigure } from './protocol.ts';
import type { PreviewView } from './views.ts';

/**
 * The answers that stand over every view: how many GPUs, whether the plan fits, how fast it is, and what limits it. Each names the
 * view that explains it.
 */
export function headline(evaluation: Evaluation): readonly PreviewFigure[] {
  const figures = figuresOf(evaluation);
  const { memoryOfFullestGpu, capacityOfFullestGpu } = figures;
  const { bottleneck } = evaluation.prediction;
  const degrees = parallelismOf(evaluation);
  const share = bottleneckFigure(bottleneck.share);
  return [
    shown(labelOf('gpus'), figures.gpus, 'dag', {
      details: degrees,
      tooltip: [...degrees, DEGREES_IN_WORDS].join('\n'),
    }),
    ...(evaluation.deployment.workload.kind === 'serving' ? served(evaluation, figures) : stepped(evaluation, figures)),
    shown(labelOf('fullestGpu'), memoryOfFullestGpu, 'memory', {
      text: formatOf(memoryOfFullestGpu, capacityOfFullestGpu),
      filled: memoryOfFullestGpu.value / capacityOfFullestGpu.value,
    }),
    { label: labelOf('limit'), text: bottleneck.text, view: 'time', tooltip: derivationText(share), figure: share },
  ];
}

function served(evaluation: Evaluation, figures: Figures): readonly PreviewFigure[] {
  const { ttft, tpot } = figures;
  return [
    ...(ttft ? [shown(labelOf('ttft'), ttft, 'time', { short: 'TTFT' })] : []),
    ...(tpot ? [shown(labelOf('tpot'), tpot, 'time', { short: 'TPOT' })] : []),
    ...rate(figures, 'Output'),
    ...cache(evaluation, figures),
  ];
}

function stepped({ deployment }: Evaluation, figures: Figures): readonly PreviewFigure[] {
  const { step, utilisation } = figures;
  const isTraining = deployment.workload.kind === 'training';
  return [
    shown(labelOf(isTraining ? 'training' : 'latency'), step, 'time', isTraining ? { short: 'Step' } : {}),
    ...rate(figures, 'Tokens'),
    ...(utilisation ? [shown(labelOf('utilisation'), utilisation, 'compare', isTraining ? { short: 'MFU' } : {})] : []),
  ];
}

/** Per GPU, which plans of different sizes are compared by, and in all. */
function rate({ throughput, throughputPerGpu }: Figures, what: 'Output' | 'Tokens'): readonly PreviewFigure[] {
  if (!throughput || !throughputPerGpu) return [];
  const more = { short: `${what} per GPU`, details: [`${formatFigure(throughput)} in all`] };
  return [
    { ...shown(labelOf('throughputPerGpu'), throughputPerGpu, 'compare', more), tooltip: derivationText(throughput) },
  ];
}

/** Of the pool with the fewest requests: tokens that its cache holds, and how many requests of full length these are. */
function cache({ memory, deployment }: Evaluation, { requestsThatFit }: Figures): readonly PreviewFigure[] {
  if (!requestsThatFit) return [];
  const index = memory.findIndex((pool) => pool.requestsThatFit === requestsThatFit.value);
  const [least, pool] = [memory[index], deployment.pools[index]];
  const tokens = least && pool && poolTokensFigure(least, pool);
  const requests = `${formatFigure(requestsThatFit)} requests fit`;
  if (!tokens) return [shown('KV cache', requestsThatFit, 'memory', { text: requests })];
  return [shown('KV cache', tokens, 'memory', { details: [requests] })];
}

function shown(
  label: string,
  figure: Figure,
  view: PreviewView,
  more: Partial<Pick<PreviewFigure, 'short' | 'details' | 'text' | 'tooltip' | 'filled'>> = {},
): PreviewFigure {
  const band = formatBand(figure);
  const text = { label, text: formatFigure(figure), ...(band !== undefined && { band }) };
  return { ...text, view, tooltip: derivationText(figure), figure, ...more };
}

const DEGREES = ['pp', 'tp', 'cp', 'dp', 'etp', 'ep'] as const;

const DEGREES_IN_WORDS =
  'pp: pipeline stages; tp: attention split by heads; cp: sequence split; dp: copies of attention; etp: experts split; ' +
  'ep: GPUs that the experts are spread over';

/** `pp 2, tp 8, ep 8`: the degrees of each pool that split something. */
function parallelismOf({ deployment: { pools } }: Evaluation): readonly string[] {
  return pools.map(({ name, gpus, parallel, replicas }) => {
    const degrees = DEGREES.flatMap((degree) => (parallel[degree] > 1 ? [`${degree} ${parallel[degree]}`] : []));
    if (replicas > 1) degrees.push(`${replicas} replicas`);
    const text = degrees.length > 0 ? degrees.join(', ') : 'not split';
    return pools.length > 1 ? `${name} ${gpus.length}: ${text}` : text;
  });
}
