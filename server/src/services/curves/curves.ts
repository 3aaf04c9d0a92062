import { claimText } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { mostInFlight, type ScoredName, scoredFigures } from '../../cost/figures/scored.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Score, Scorer } from '../../cost/score.ts';
import type { Workload } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { fitsAll } from '../fit.ts';
import type { Curve, CurveMeasure, CurvePoint, CurvesAnswer } from '../preview/curvesProtocol.ts';
import { type Changes, type Knob, settingsOf } from '../whatIf/knobs.ts';
import { stepsOf } from '../whatIf/steps.ts';
import { tryOut } from '../whatIf/trial.ts';
import { around, ascending, axesOf, concurrencies, fullAt, multiples } from './axis.ts';
import { scorerOf } from './scorers.ts';
import { Variants } from './variants.ts';

/** A deployment with some of its values changed. */
export interface CurveSubject {
  readonly deployment: string;
  readonly changes: Changes;
}

/**
 * Figures of deployments over one of their values, all at the same values. Each point is the score of a changed specification;
 * the generator yields between them, so that whoever computes them can do something else. `over` is the name of the axis, the
 * first that the first deployment has by default. Undefined when the document has no such deployment.
 */
export function* curves(
  analysis: Analysis,
  subjects: readonly CurveSubject[],
  over: string | undefined,
): Generator<void, CurvesAnswer | undefined, void> {
  const [first] = subjects;
  const resolved = first && deploymentNamed(analysis, first.deployment);
  if (!resolved) return undefined;
  const axes = axesOf(resolved);
  const axis = axes.find(({ name }) => name === over) ?? axes[0];
  const workload = resolved.draft?.workload;
  if (!axis || !workload) return { axes: [], over: '', measures: [], curves: [] };
  const names = MEASURES[workload.kind](axis.name);
  const scorer = scorerOf(analysis);
  const drawn: Drawn[] = [];
  for (const { deployment, changes } of subjects) {
    drawn.push(drawnOf(analysis, scorer, deployment, changes, axis.name));
    yield;
  }
  const xs = valuesOf(analysis, resolved, axis, drawn);
  const made: Curve[] = [];
  for (const subject of drawn)
    made.push({ ...(yield* curveOf(subject, xs, names)), ...bandsOf(analysis, subject, names) });
  const wanted = new Set(subjects.map(({ deployment }) => deployment));
  const named = [...wanted].flatMap((deployment) => deploymentNamed(analysis, deployment) ?? []);
  return {
    axes: axes.map(({ name, label, unit }) => ({ name, label, unit })),
    over: axis.name,
    measures: names.map((name) => measureOf(named, name)),
    curves: made,
  };
}

const SERVING: readonly ScoredName[] = ['throughput', 'ttft', 'tpot'];

/** What is drawn of a workload over an axis. */
const MEASURES: Readonly<Record<Workload['kind'], (axis: string) => readonly ScoredName[]>> = {
  serving: (axis) => (axis === 'gpus' ? ['throughput-per-gpu', ...SERVING] : SERVING),
  batch: (axis) => [...(axis === 'gpus' ? (['throughput-per-gpu'] as const) : []), 'throughput', 'latency'],
  training: (axis) => [axis === 'gpus' ? 'throughput-per-gpu' : 'throughput', 'step', 'utilisation'],
};

const LABELS: Readonly<Record<ScoredName, string>> = {
  throughput: labelOf('throughput'),
  'throughput-per-gpu': labelOf('throughputPerGpu'),
  ttft: labelOf('ttft'),
  tpot: labelOf('tpot'),
  latency: labelOf('latency'),
  step: 'Step',
  utilisation: labelOf('utilisation'),
};

const UNITS: Readonly<Record<ScoredName, Figure['unit']>> = {
  throughput: 'tokens/s',
  'throughput-per-gpu': 'tokens/s',
  ttft: 'seconds',
  tpot: 'seconds',
  latency: 'seconds',
  step: 'seconds',
  utilisation: 'fraction',
};

/** Claims are named with their deployment where several are drawn. */
function measureOf(resolved: readonly ResolvedDeployment[], name: ScoredName): CurveMeasure {
  const figure: Figure = { value: 0, unit: UNITS[name], formula: '', source: '' };
  const goals = resolved.flatMap(({ name: deployment, claims }) =>
    claims
      .filter((claim) => claim.name === name)
      .map((claim) => ({
        value: claim.value,
        text: `${resolved.length > 1 ? `${deployment}: ` : 'claim '}${claimText(claim, figure)}`,
      })),
  );
  return { name, label: LABELS[name], unit: UNITS[name], goals };
}

/** A subject that can be scored at values of an axis, or the reason why not. */
interface Drawn {
  readonly name: string;
  readonly own?: number;
  readonly knob?: Knob;
  readonly variants?: Variants;
  readonly invalid?: string;
}

function drawnOf(analysis: Analysis, scorer: Scorer, name: string, changes: Changes, axis: string): Drawn {
  const resolved = deploymentNamed(analysis, name);
  if (!resolved) return { name, invalid: 'the file has no such deployment' };
  const knob = axesOf(resolved).find((candidate) => candidate.name === axis);
  if (!knob) return { name, invalid: resolved.invalid ?? `it has no ${axis}` };
  const value = changes[axis];
  const own = typeof value === 'number' ? value : knob.written;
  const wrong = Object.keys(changes).length > 0 ? whyNot(analysis, resolved, changes) : undefined;
  if (wrong !== undefined) return { name, own, knob, invalid: wrong };
  const variants = Variants.of(analysis, resolved, scorer, changes, knob);
  return typeof variants === 'string' ? { name, own, knob, invalid: variants } : { name, own, knob, variants };
}

/** What the checker has against a deployment with changes. */
function whyNot(analysis: Analysis, resolved: ResolvedDeployment, changes: Changes): string | undefined {
  const settings = settingsOf(analysis, resolved, changes);
  if (typeof settings === 'string') return settings;
  const tried = tryOut(analysis, resolved, settings);
  return typeof tried === 'string' ? tried : undefined;
}

/** The values at which all deployments are scored. */
function valuesOf(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  axis: Knob,
  drawn: readonly Drawn[],
): readonly number[] {
  const own = ascending(drawn.flatMap(({ own: value }) => value ?? []));
  switch (axis.name) {
    case 'gpus':
      return ascending([...stepsOf(analysis, resolved, axis), ...own]);
    case 'global-batch':
      return multiples(own);
    case 'concurrency':
      return concurrencies(
        own,
        drawn.flatMap(({ variants, own: value }) => {
          const score = value === undefined ? undefined : variants?.scoreAt(value);
          return score && 'memory' in score ? (mostInFlight(score)?.value ?? []) : [];
        }),
      );
    default:
      return around(own, axis.isWhole);
  }
}

function* curveOf(
  { name, own, variants, invalid, knob }: Drawn,
  xs: readonly number[],
  names: readonly ScoredName[],
): Generator<void, Curve, void> {
  if (!variants) return { name, points: [], ...(invalid !== undefined && { invalid }) };
  const points: CurvePoint[] = [];
  for (const x of xs) {
    points.push(pointOf(variants, x, names));
    yield;
  }
  const present = own === undefined ? -1 : xs.indexOf(own);
  const most = knob?.name === 'concurrency' ? mostOf(variants, xs) : undefined;
  return { name, points, ...(present >= 0 && { present }), ...(most && { most }) };
}

/** Bands of what is written. What is tried beside it has the same formulas, and so the same share of its value. */
function bandsOf(analysis: Analysis, { name, variants }: Drawn, names: readonly ScoredName[]): Pick<Curve, 'bands'> {
  const resolved = variants && deploymentNamed(analysis, name);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) return {};
  const figures = figuresOf(evaluation);
  const bands = names.map((measure) => {
    const figure = figures[FIGURES[measure]];
    if (!figure?.band || !(figure.value > 0)) return null;
    return [figure.band.low / figure.value, figure.band.high / figure.value] as const;
  });
  return bands.some((band) => band !== null) ? { bands } : {};
}

/** The measures among the figures of an evaluation. */
const FIGURES = {
  throughput: 'throughput',
  'throughput-per-gpu': 'throughputPerGpu',
  ttft: 'ttft',
  tpot: 'tpot',
  latency: 'latency',
  step: 'step',
  utilisation: 'utilisation',
} as const satisfies Readonly<Record<ScoredName, string>>;

function pointOf(variants: Variants, x: number, names: readonly ScoredName[]): CurvePoint {
  const score = variants.scoreAt(x);
  if ('invalid' in score) return { x, values: [], texts: [], fits: false, invalid: score.invalid };
  const figures = scoredFigures(score, variants.workload);
  const shown = names.map((name) => figures[name]);
  return {
    x,
    values: shown.map((figure) => (figure && Number.isFinite(figure.value) ? figure.value : null)),
    texts: shown.map((figure) => (figure ? formatFigure(figure) : '-')),
    fits: fitsAll(score.memory),
  };
}

/** The concurrency beyond which requests wait for cache, where it lies on the axis. */
function mostOf(variants: Variants, xs: readonly number[]): Curve['most'] {
  const scoreAt = (requests: number): Score | undefined => {
    const score = variants.scoreAt(requests);
    return 'invalid' in score ? undefined : score;
  };
  const last = xs.at(-1) ?? 1;
  const score = scoreAt(last);
  const figure = score && mostInFlight(score);
  if (!figure || !score?.predicted.inFlight || figure.value < 1) return undefined;
  if (score.predicted.inFlight.running < figure.value * (1 - 1e-6)) return undefined;
  return { x: fullAt(scoreAt, figure.value, last), text: formatFigure(figure) };
}
