import type { Evaluation } from '../../cost/evaluation.ts';
import { bandShareFigure, doubtsOf } from '../../cost/figures/doubts.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { labelOf, type QuantityName } from '../../cost/figures/quantities.ts';
import { shownFigures } from '../../cost/figures/shown.ts';
import { formatRounded, formatWithBand } from '../../cost/format.ts';
import type { BlockNode } from '../../language/tree.ts';
import { nameGpus, nameLayers } from '../../plan/wording.ts';
import { bold, join, type Markdown, md, paragraphs, type Text, table } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { derivationMarkdown } from '../derivation.ts';
import { fullestOf } from '../fit.ts';
import { memoryOf, type Subject, subjectOf } from '../subject.ts';
import { memoryTable } from './memoryTable.ts';
import { startupsOf } from './startup.ts';

/** The predicted performance of a deployment and its memory per GPU, followed by how each figure was computed. */
export function deploymentHover(analysis: Analysis, block: BlockNode): Markdown | undefined {
  const subject = subjectOf(analysis, [block]);
  if (!subject) return undefined;
  if (!subject.sizes) return paragraphs(cannotCompute(subject));
  const figures = subject.evaluation ? listedFigures(subject.evaluation) : undefined;
  return paragraphs(
    figures && subject.evaluation ? predictionTable(figures, subject.evaluation) : cannotPredict(subject),
    subject.evaluation && bandLine(subject.evaluation),
    fitLine(subject),
    memoryTable(memoryOf(subject)),
    layoutLine(subject),
    figures && derivations(figures),
  );
}

export function poolHover(analysis: Analysis, blocks: readonly BlockNode[]): Markdown | undefined {
  const subject = subjectOf(analysis, blocks);
  if (!subject) return undefined;
  if (!subject.sizes) return paragraphs(cannotCompute(subject));
  return paragraphs(layoutLine(subject), memoryTable(memoryOf(subject)), startupsOf(subject));
}

export function stageHover(analysis: Analysis, blocks: readonly BlockNode[]): Markdown | undefined {
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

function layoutLine({ pools, draft }: Subject): Markdown {
  const lines = pools.map(({ pool }) => {
    const { tp, cp, dp, etp, ep, edp, pp } = pool.parallel;
    const name = draft.pools.length > 1 ? md`${bold(pool.name)} ` : '';
    return md`${name}${pool.gpus.length} GPUs: pp ${pp}; attention tp ${tp} x cp ${cp} x dp ${dp}; experts etp ${etp} x ep ${ep} x edp ${edp}.`;
  });
  return paragraphs(...lines);
}

const LISTED = [
  'throughput',
  'ttft',
  'tpot',
  'latency',
  'decode',
  'training',
  'utilisation',
  'bubble',
] as const satisfies readonly QuantityName[];

function listedFigures(evaluation: Evaluation): readonly (readonly [label: string, figure: Figure])[] {
  const figures = shownFigures(evaluation);
  return LISTED.flatMap((name) => {
    const figure = figures[name];
    return figure ? [[labelOf(name), figure] as const] : [];
  });
}

function predictionTable(
  figures: readonly (readonly [label: string, figure: Figure])[],
  { prediction }: Evaluation,
): Markdown {
  const rows = figures.map(([label, figure]) => [label, formatWithBand(figure)]);
  return table(['Predicted', ''], [...rows, [labelOf('limit'), prediction.bottleneck.text]]);
}

/** Parts that make up less of a band are not named. */
const NAMED = 0.1;

/** Where the bands come from, so that one who knows better sees which part to doubt. */
function bandLine(evaluation: Evaluation): Markdown | undefined {
  const lines = evaluation.prediction.pools.flatMap(({ pool, steps: [step] }) => {
    const named = doubtsOf(evaluation).filter(
      (doubt) => doubt.pool === pool.name && doubt.phase === step?.phase && doubt.bandShare >= NAMED,
    );
    if (named.length === 0) return [];
    const ofPool = evaluation.prediction.pools.length > 1 ? ` of ${pool.name}` : '';
    const parts = named.map((doubt) => {
      const reasons = doubt.why.length > 0 ? ` (${doubt.why.join('; ')})` : '';
      return `${formatRounded(bandShareFigure(doubt))} ${doubt.part.charAt(0).toLowerCase()}${doubt.part.slice(1)}${reasons}`;
    });
    return [`The band${ofPool} comes from: ${parts.join(', ')}.`];
  });
  return lines.length === 0 ? undefined : paragraphs(...lines);
}

function fitLine(subject: Subject): Text | undefined {
  const fullest = fullestOf(memoryOf(subject));
  if (!fullest) return undefined;
  if (!fullest.fits) return bold(`Does not fit: ${fullest.text}.`);
  const { memoryInTools } = subject.evaluation ? shownFigures(subject.evaluation) : {};
  const inTools = memoryInTools
    ? ` Tools show ${formatWithBand(memoryInTools)}, with what the framework keeps unused.`
    : '';
  return `The fullest GPU holds ${fullest.text}.${inTools}`;
}

/** Each figure with its formula and inputs. */
function derivations(figures: readonly (readonly [label: string, figure: Figure])[]): Markdown {
  return join(
    figures.map(([label, figure]) => md`- ${label} = ${derivationMarkdown(figure)}`),
    '\n',
  );
}
