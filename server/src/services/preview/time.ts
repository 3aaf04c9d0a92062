import { type RequestPart, type RequestPartKind, requestParts } from '../../cost/breakdown/request.ts';
import { type PartKind, partBound, partsOfStep, type StepPart } from '../../cost/breakdown/step.ts';
import { BOUND_WORDS, PART_LABELS } from '../../cost/breakdown/words.ts';
import type { Bottleneck, Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import { loadFigure, requestPartFigure, stepPartFigure } from '../../cost/figures/bottleneck.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { shareOfStep, stepFigures } from '../../cost/figures/step.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import type { Step } from '../../cost/operation.ts';
import type { DagNode } from '../../graph/types.ts';
import { derivationText } from '../derivation.ts';
import { stepLabel } from '../stepLabel.ts';
import { drawnOf } from './pictures.ts';
import type { PreviewTime, TimeBar, TimeOperation, TimePart } from './timeProtocol.ts';

const REQUEST_PARTS: Readonly<Record<RequestPartKind, readonly [label: string, bound: string]>> = {
  waiting: ['Waiting for the first token', 'a queue'],
  prompt: ['Reading its prompt', 'prefill steps'],
  handover: ['Sending its cache', 'the network'],
  generating: ['Generating its tokens', 'decode steps'],
  between: ['Waiting between tokens', 'prompts of others'],
};

/** Where the time goes, as the first view of the preview shows it: a request, then each step of each pool. */
export function previewTime(evaluation: Evaluation): PreviewTime {
  const { prediction } = evaluation;
  const nodes = nodesOf(evaluation);
  const request = requestBar(evaluation);
  const bars = prediction.pools.flatMap((pool, index) =>
    pool.steps.map((step) => stepBar(evaluation, pool, index, step, nodes)),
  );
  return { bars: [...(request ? [request] : []), ...bars] };
}

function requestBar(evaluation: Evaluation): TimeBar | undefined {
  const { latency } = figuresOf(evaluation);
  const parts = requestParts(evaluation.deployment, evaluation.prediction).toSorted((a, b) => b.seconds - a.seconds);
  if (!latency || parts.length === 0) return undefined;
  const band = formatBand(latency);
  return {
    id: 'request',
    label: 'One request',
    seconds: latency.value,
    text: formatFigure(latency),
    ...(band !== undefined && { band }),
    tooltip: derivationText(latency),
    isLimiting: isLongWait(evaluation.prediction.bottleneck),
    parts: parts.map((part) => requestPart(part, latency.value)),
  };
}

/** Whether requests wait for so long that it matters more than any step. */
function isLongWait({ wait }: Bottleneck): boolean {
  return wait !== undefined && wait.kind !== 'balance';
}

function requestPart({ kind, seconds }: RequestPart, latency: number): TimePart {
  const [label, bound] = REQUEST_PARTS[kind];
  return {
    kind,
    label,
    seconds,
    text: formatFigure(requestPartFigure(seconds)),
    share: formatFigure(shareOfStep(seconds, latency)),
    bound,
    operations: [],
  };
}

/** The first node of each operation of a pool in each picture, or the box that it is in: `decode experts`. */
type Nodes = ReadonlyMap<string, readonly string[]>;

function nodesOf(evaluation: Evaluation): Nodes {
  const { detailed, overview } = drawnOf(evaluation);
  const found = new Map<string, string[]>();
  const first = new Map<string, DagNode>();
  detailed.dag.forEachNode((id, node) => {
    const key = `${node.pool ?? ''} ${node.operation}`;
    if (node.opens !== undefined || first.has(key)) return;
    first.set(key, node);
    found.set(key, [id]);
  });
  if (!overview) return found;
  const drawn = new Set<string>();
  const boxes: { readonly id: string; readonly node: DagNode }[] = [];
  overview.dag.forEachNode((id, node) => {
    const key = `${node.pool ?? ''} ${node.operation}`;
    if (node.opens !== undefined) boxes.push({ id, node });
    else if (!drawn.has(key)) found.set(key, [...new Set([id, ...(found.get(key) ?? [])])]);
    drawn.add(key);
  });
  for (const [key, node] of first) {
    const box = drawn.has(key) ? undefined : boxes.find((candidate) => isInside(node, candidate.node));
    if (box) found.set(key, [...(found.get(key) ?? []), box.id]);
  }
  return found;
}

/** Whether a closed group of the folded picture stands for a node: it has its layer, or its stage where it is in no layer. */
function isInside({ pool, stage, layers }: DagNode, box: DagNode): boolean {
  const [layer] = layers;
  return pool === box.pool && (layer === undefined ? stage === box.stage : box.layers.includes(layer));
}

function stepBar(evaluation: Evaluation, prediction: PoolPrediction, index: number, step: Step, nodes: Nodes): TimeBar {
  const { pool, load } = prediction;
  const { bottleneck } = evaluation.prediction;
  const figure = stepFigures(evaluation, prediction, step).step;
  const band = formatBand(figure);
  const byKind = new Map<PartKind, StepPart[]>();
  for (const part of partsOfStep(evaluation, prediction, step))
    byKind.set(part.kind, [...(byKind.get(part.kind) ?? []), part]);
  const parts = [...byKind].map(([kind, ofKind]) =>
    stepPart(kind, ofKind, step, index, nodesFor(nodes, evaluation, prediction)),
  );
  return {
    id: `${index}/${step.phase}`,
    label: stepLabel(evaluation, pool, step),
    seconds: step.seconds,
    text: formatFigure(figure),
    ...(band !== undefined && { band }),
    tooltip: derivationText(figure),
    ...(load !== undefined && { load: `${formatFigure(loadFigure(load))} of its capacity` }),
    isLimiting: bottleneck.pool === pool.name && bottleneck.phase === step.phase,
    parts: parts.toSorted((a, b) => b.seconds - a.seconds),
  };
}

/** Nodes of a deployment of one pool name none. */
function nodesFor(nodes: Nodes, { deployment }: Evaluation, { pool }: PoolPrediction) {
  const name = deployment.pools.length > 1 ? pool.name : '';
  return (key: string): readonly string[] => nodes.get(`${name} ${key}`) ?? nodes.get(`${pool.name} ${key}`) ?? [];
}

function stepPart(
  kind: PartKind,
  parts: readonly StepPart[],
  step: Step,
  pool: number,
  nodes: (key: string) => readonly string[],
): TimePart {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const [largest] = parts;
  return {
    kind,
    label: PART_LABELS[kind],
    seconds,
    text: formatFigure(stepPartFigure(seconds)),
    share: formatFigure(shareOfStep(seconds, step.seconds)),
    bound: largest ? boundOf(largest) : '',
    operations: parts.map((part): TimeOperation => {
      const { operation } = part;
      return {
        id: operation?.key ?? part.label,
        label: nameOf(part, parts),
        text: formatFigure(stepPartFigure(part.seconds)),
        share: formatFigure(shareOfStep(part.seconds, step.seconds)),
        bound: boundOf(part),
        ...(operation && { source: `timeline/${pool}/${part.stage}/${operation.key}` }),
        nodes: operation ? nodes(operation.key) : [],
      };
    }),
  };
}

/** What is waited for, where the name of the part does not say it. */
function boundOf(part: StepPart): string {
  const bound = partBound(part);
  return bound === 'bubble' ? 'other stages' : bound === 'host' ? 'the engine' : BOUND_WORDS[bound];
}

/** Operations of one kind that are called alike are told apart by what they belong to: `all-reduce of attention`. */
function nameOf({ label, operation }: StepPart, parts: readonly StepPart[]): string {
  const isAlone = parts.filter((part) => part.label === label).length < 2;
  const owner = operation?.key.split('-')[0];
  return isAlone || owner === undefined ? label : `${label} (${OWNERS.get(owner) ?? owner})`;
}

const OWNERS: ReadonlyMap<string, string> = new Map([
  ['ffn', 'feed-forward'],
  ['shared', 'shared experts'],
  ['q', 'queries'],
  ['kv', 'keys and values'],
]);
