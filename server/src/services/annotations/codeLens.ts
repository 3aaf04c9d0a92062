import type { Evaluation } from '../../cost/evaluation.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { requestFigures } from '../../cost/figures/memory.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Entity } from '../../language/entity.ts';
import type { Span } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { targetOf } from '../../plan/values.ts';
import { METRICS } from '../../search/metrics.ts';
import type { Analysis } from '../analysis.ts';
import { derivationText } from '../derivation.ts';
import { fullestOf } from '../fit.ts';
import type { PreviewView } from '../preview/views.ts';
import { searchSentences, sizeText } from '../search/describe.ts';
import { readSearch, searchesOf, searchFrom } from '../search/read.ts';
import { stepInWords } from '../stepLabel.ts';

export type LensCommand = 'moeplan.previewDagToSide' | 'moeplan.compareDeployments' | 'moeplan.findBetterPlan';

/** A line of text above a block. It can be clicked when it has a command. */
export interface CodeLens {
  readonly span: Span;
  /** The deployment that it concerns. */
  readonly deployment: string;
  readonly title: string;
  readonly tooltip?: string;
  readonly command?: LensCommand;
  /** The view of the preview that the command opens, when it is not the graph. */
  readonly view?: PreviewView;
  /** The figure, by its name over every view, of which the preview is to say where it comes from. */
  readonly figure?: string;
  /** The `search` block that the command shows. */
  readonly search?: string;
}

/** Above each deployment: whether it fits, how fast it is, and what can be opened for it. */
export function codeLenses(analysis: Analysis): readonly CodeLens[] {
  const blocks = analysis.source.tree.items.filter((item): item is BlockNode => item.kind === 'block');
  const { deployments } = analysis.plan;
  const computable = deployments.filter(({ deployment }) => deployment !== undefined);
  const ofDeployments = deployments.flatMap((resolved) => {
    const block = blocks.find((candidate) => candidate === resolved.entity.node);
    if (!block) return [];
    const { span } = block.keyword;
    const { name: deployment } = resolved;
    const canCompare = resolved.deployment !== undefined && computable.length > 1;
    return [
      ...summary(analysis, resolved).map((lens): CodeLens => ({ span, deployment, ...lens })),
      ...(resolved.deployment ? [{ span, deployment, title: 'Preview', command: PREVIEW }] : []),
      ...(canCompare ? [{ span, deployment, title: 'Compare', command: 'moeplan.compareDeployments' } as const] : []),
      ...(canSearch(resolved) ? [{ span, deployment, title: 'Find a better plan', command: FIND } as const] : []),
    ];
  });
  return [...ofDeployments, ...searchesOf(analysis).flatMap((entity) => searchLens(analysis, entity, blocks))];
}

/** Whether the usual search has anything to try. */
function canSearch(resolved: ResolvedDeployment): boolean {
  const usual = resolved.deployment && searchFrom(resolved);
  return (usual?.space.pools ?? []).some((axes) => Object.keys(axes).length > 0);
}

/** Above each `search` block how much it tries. No plan is searched for that. */
function searchLens(analysis: Analysis, entity: Entity, blocks: readonly BlockNode[]): readonly CodeLens[] {
  const block = blocks.find((candidate) => candidate === entity.node);
  const { name = '' } = entity;
  const base = targetOf(entity, 'base')?.name;
  if (!block || base === undefined) return [];
  const { span } = block.keyword;
  const read = readSearch(analysis, entity);
  if (!('space' in read) || !read.base.deployment) {
    const why = 'space' in read ? read.base.invalid : read[0]?.message;
    return [
      { span, deployment: base, title: 'Search: cannot be run', tooltip: why ?? 'too little of its base is known' },
    ];
  }
  const best = labelOf(METRICS[read.space.objective].quantity);
  return [
    {
      span,
      deployment: base,
      title: `Search: ${sizeText(read.space, MOST_COUNTED)}, best ${best}`,
      tooltip: searchSentences(read).join('\n'),
      command: FIND,
      search: name,
    },
  ];
}

/** `, 3 of 128 requests at once` where the cache holds fewer requests than the workload has in flight. */
function fewAtOnce({ memory }: Evaluation): string {
  const short = memory.find(({ requestsThatFit, requestsNeeded }) => requestsThatFit < Math.floor(requestsNeeded));
  if (!short) return '';
  const { fit, needed } = requestFigures(short);
  return `, ${formatFigure(fit)} of ${formatFigure(needed)} requests at once`;
}

function summary(analysis: Analysis, resolved: ResolvedDeployment): readonly Omit<CodeLens, 'span' | 'deployment'>[] {
  const evaluation = analysis.evaluationOf(resolved);
  if (!evaluation) {
    const failed = analysis.failureOf(resolved).length > 0;
    const reason = failed
      ? 'its prediction failed, which is a mistake of moeplan: see the finding at this block'
      : (resolved.invalid ?? 'its model, cluster or workload is not known');
    return [{ title: 'cannot be computed', tooltip: reason }];
  }
  const fullest = fullestOf(evaluation.memory.flatMap(({ classes }) => classes));
  const { throughput, step } = figuresOf(evaluation);
  const opens = (view: PreviewView) => ({ command: PREVIEW, view });
  return [
    ...(fullest
      ? [
          {
            title: fullest.fits ? `fits: ${fullest.text}${fewAtOnce(evaluation)}` : `does not fit: ${fullest.text}`,
            tooltip: 'Memory of the fullest GPU: open the memory of all',
            ...opens('memory'),
          },
        ]
      : []),
    ...(throughput
      ? [
          {
            title: formatFigure(throughput),
            tooltip: derivationText(throughput),
            ...opens('time'),
            figure: labelOf('throughputPerGpu'),
          },
        ]
      : []),
    { title: stepInWords(evaluation, step), tooltip: derivationText(step), ...opens('timeline') },
  ];
}

/** Layouts that are counted for a lens, which is made anew after every edit. */
const MOST_COUNTED = 1_000;

const FIND: LensCommand = 'moeplan.findBetterPlan';
const PREVIEW: LensCommand = 'moeplan.previewDagToSide';
