import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import { operationFigures } from '../../cost/figures/operation.ts';
import { labelOf, STEP_PARTS, stepQuantity } from '../../cost/figures/quantities.ts';
import { kernelFigure, partFigures, shareOfStep, stepFigures } from '../../cost/figures/step.ts';
import { formatFigure, formatWithBand } from '../../cost/format.ts';
import { slowestGpu } from '../../cost/hardware.ts';
import type { Operation, Step } from '../../cost/operation.ts';
import type { ScheduleEvent } from '../../cost/schedule/events.ts';
import { isCommunication } from '../../cost/steps/layer.ts';
import { Memo } from '../../language/memo.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { nameGpus } from '../../plan/wording.ts';
import { type Fact, operationFacts } from '../operationFacts.ts';
import { stepLabel } from '../stepLabel.ts';
import { criticalEvents, dependenciesOf } from '../timeline/dependencies.ts';
import type { Slice, SliceLane } from '../timeline/slices.ts';
import { chunksOf, passKey, restOf, slicer, type Timeline, timelineOf, whyNoTimeline } from '../timeline/timeline.ts';
import type {
  PreviewTimeline,
  TimelineEvents,
  TimelineLane,
  TimelineOperation,
  TimelinePass,
} from './timelineProtocol.ts';

/** Most pairs of stage and micro-batch in one message. */
const MOST_PAIRS = 4096;

/** The ends of slices are given in whole parts of a pass, of which it has this many. */
const PASS_PARTS = 1e7;

const ROWS: Readonly<Record<SliceLane, number>> = { compute: 0, beside: 1, communication: 2 };

const PASSES: Readonly<Record<ScheduleEvent['kind'], string>> = {
  F: 'Forward',
  B: 'Backward',
  W: 'Weight gradients',
  FB: 'Forward and backward',
  T: 'To the next stage',
};

/** Made once per evaluation, so that an edit elsewhere finds it again. */
const timelinesOfEvaluations = new Memo<Evaluation, readonly PreviewTimeline[]>();

/** Every step of every pool, drawn over time. */
export function previewTimelines(evaluation: Evaluation): readonly PreviewTimeline[] {
  const before = timelinesOfEvaluations.get(evaluation);
  if (before) return before;
  const made = evaluation.prediction.pools.flatMap((prediction, pool) =>
    prediction.steps.map((step) => new Drawing(evaluation, prediction, pool, step).draw()),
  );
  timelinesOfEvaluations.set(evaluation, made);
  return made;
}

class Drawing {
  private readonly evaluation: Evaluation;
  private readonly prediction: PoolPrediction;
  private readonly poolIndex: number;
  private readonly step: Step;
  private readonly operations: TimelineOperation[] = [];
  private readonly operationIndex = new Map<string, number>();
  private readonly ofOperation = new Map<Operation, number>();
  private readonly passes: TimelinePass[] = [];
  private readonly passIndex = new Map<string, number>();

  constructor(evaluation: Evaluation, prediction: PoolPrediction, poolIndex: number, step: Step) {
    this.evaluation = evaluation;
    this.prediction = prediction;
    this.poolIndex = poolIndex;
    this.step = step;
  }

  draw(): PreviewTimeline {
    const { evaluation, step, poolIndex } = this;
    const { pool } = this.prediction;
    const timeline = timelineOf(evaluation, pool, step, MOST_PAIRS);
    const common = {
      id: `${poolIndex}/${step.phase}`,
      label: stepLabel(evaluation, pool, step),
      facts: this.facts(),
      operations: this.operations,
      parts: PASS_PARTS,
      passes: this.passes,
    };
    if (!timeline)
      return { ...common, end: nanoseconds(step.seconds), scheduled: 0, notes: [whyNoTimeline(pool, step)], lanes: [] };
    const overhead = restOf(timeline);
    return {
      ...common,
      end: nanoseconds(overhead ? step.seconds : timeline.seconds),
      scheduled: nanoseconds(timeline.seconds),
      ...(overhead !== undefined && { rest: overhead }),
      notes: notesOf(timeline),
      lanes: this.lanes(timeline),
    };
  }

  private facts(): PreviewTimeline['facts'] {
    const { evaluation, prediction, step } = this;
    const figures = stepFigures(evaluation, prediction, step);
    const parts = partFigures(step);
    return [
      [labelOf(stepQuantity(step.phase)), formatWithBand(figures.step)],
      [labelOf('computation'), formatFigure(parts.computation)],
      [labelOf('exposedCommunication'), formatWithBand(figures.exposedCommunication)],
      [labelOf('bubble'), formatFigure(figures.bubble)],
      [labelOf('betweenSteps'), formatFigure(parts.betweenSteps)],
      [labelOf('microBatches'), step.microBatches.toLocaleString('en-US')],
    ];
  }

  private lanes(timeline: Timeline): readonly TimelineLane[] {
    const { events, step, pool } = timeline;
    const stages = step.stages.length;
    const critical = criticalEvents(events, dependenciesOf(events, stages, stages * chunksOf(timeline)));
    const slices = slicer(timeline);
    const byStage = pool.stages.map((): { event: ScheduleEvent; isCritical: boolean }[] => []);
    for (const [index, event] of events.entries())
      byStage[event.stage]?.push({ event, isCritical: critical.has(index) });
    return pool.stages.map((stage, index): TimelineLane => {
      const stageEvents = (byStage[index] ?? []).sort((a, b) => a.event.start - b.event.start);
      const rows = new Set<number>();
      for (const { event } of stageEvents) {
        if (event.kind === 'T') continue;
        for (const { lane } of slices(event)) rows.add(ROWS[lane]);
      }
      const waits = waitsOf(
        stageEvents.map(({ event }) => event),
        timeline.seconds,
      );
      const replicas = pool.replicas > 1 ? `, and ${pool.replicas - 1} more replicas` : '';
      const times = stage.gpus.length > 1 ? ` (x${stage.gpus.length})` : '';
      return {
        label: stages > 1 ? stage.name : pool.name,
        gpus: `${nameGpus(stage.gpus.toSorted((a, b) => a - b))}${times}${replicas}`,
        source: `timeline/${this.poolIndex}/${index}`,
        rows: [...rows].sort(),
        events: this.columns(
          stageEvents.filter(({ event }) => event.kind !== 'T'),
          stage,
          slices,
        ),
        transfers: this.columns(
          stageEvents.filter(({ event }) => event.kind === 'T'),
          stage,
          slices,
        ),
        waits: waits.map(nanoseconds),
        facts: partsText(step, index),
      };
    });
  }

  private columns(
    stageEvents: readonly { readonly event: ScheduleEvent; readonly isCritical: boolean }[],
    stage: Stage,
    slices: (event: ScheduleEvent) => readonly Slice[],
  ): TimelineEvents {
    const columns = {
      pass: [] as number[],
      micro: [] as number[],
      beside: [] as number[],
      start: [] as number[],
      length: [] as number[],
      critical: [] as number[],
    };
    for (const { event, isCritical } of stageEvents) {
      const { start, end } = event.whole ?? event;
      columns.pass.push(this.pass(event, stage, slices));
      columns.micro.push(event.micro);
      columns.beside.push(event.beside?.micro ?? -1);
      columns.start.push(nanoseconds(start));
      columns.length.push(nanoseconds(end) - nanoseconds(start));
      columns.critical.push(isCritical ? 1 : 0);
    }
    return columns;
  }

  private pass(event: ScheduleEvent, stage: Stage, slices: (event: ScheduleEvent) => readonly Slice[]): number {
    const key = event.kind === 'T' ? `T ${event.stage}` : passKey(event);
    const cachedIndex = this.passIndex.get(key);
    if (cachedIndex !== undefined) return cachedIndex;
    const transfer = this.step.stages[event.stage]?.transfer;
    const ownSlices: readonly Slice[] =
      event.kind === 'T' && transfer
        ? [{ operation: transfer, layer: undefined, lane: 'communication', start: 0, end: 1, isCritical: true }]
        : slices(event);
    const { vpp, schedule } = this.prediction.pool.parallel;
    const ofChunk = schedule === 'interleaved' && vpp > 1 && event.kind !== 'T' ? `, chunk ${event.chunk}` : '';
    this.passes.push({
      kind: event.kind,
      label: `${PASSES[event.kind]}${event.isDeferred ? ' by inputs' : ''}${ofChunk}`,
      operation: ownSlices.map(({ operation }) => this.operation(operation, stage)),
      layer: ownSlices.map(({ layer }) => layer ?? -1),
      row: ownSlices.map(({ lane }) => ROWS[lane]),
      start: ownSlices.map(({ start }) => Math.round(start * PASS_PARTS)),
      end: ownSlices.map(({ end }) => Math.round(end * PASS_PARTS)),
      critical: ownSlices.map(({ isCritical }) => (isCritical ? 1 : 0)),
    });
    this.passIndex.set(key, this.passes.length - 1);
    return this.passes.length - 1;
  }

  /** Operations of different stages with the same text are one. */
  private operation(operation: Operation, stage: Stage): number {
    const before = this.ofOperation.get(operation);
    if (before !== undefined) return before;
    const { key, label, kind } = operation;
    const made: TimelineOperation = { key, label, kind, facts: this.operationFacts(operation, stage) };
    const text = JSON.stringify(made);
    const index = this.operationIndex.get(text) ?? this.operations.push(made) - 1;
    this.operationIndex.set(text, index);
    this.ofOperation.set(operation, index);
    return index;
  }

  private operationFacts(operation: Operation, stage: Stage): TimelineOperation['facts'] {
    const { prediction, evaluation, step } = this;
    const figures = operationFigures(operation);
    const gpu = slowestGpu(evaluation.cluster, stage.gpus);
    // In training kernels have no errors of their own, because factors of whole passes are fitted.
    const time = step.phase !== 'training' && gpu ? kernelFigure(operation, gpu) : figures.time;
    const facts = operationFacts({
      figures: { ...figures, time },
      isSent: isCommunication(operation),
      bound: operation.bound,
    });
    return operation.group === 'gpu' ? facts : [...facts, ['Group', groupName(operation, prediction.pool)]];
  }
}

/** What a stage spends the step on, in shares of it. */
function partsText({ parts, seconds }: Step, stage: number): readonly Fact[] {
  const own = parts[stage];
  if (!own) return [];
  return STEP_PARTS.map((part): Fact => [labelOf(part), formatFigure(shareOfStep(own[part], seconds))]);
}

function groupName({ group }: Operation, { parallel }: Pool): string {
  switch (group) {
    case 'expert-group':
      return `${parallel.etp * parallel.ep} GPUs that hold the experts once`;
    case 'stage':
    case 'gpu':
      return group;
    default:
      return `${group} of ${parallel[group]} GPUs`;
  }
}

/** Starts and ends of the times in which a stage is idle. Times shorter than a nanosecond are rounding. */
function waitsOf(events: readonly ScheduleEvent[], seconds: number): readonly number[] {
  const waits: number[] = [];
  let free = 0;
  for (const { kind, start, end } of events) {
    if (kind === 'T') continue;
    if (start - free > 1e-9) waits.push(free, start);
    free = Math.max(free, end);
  }
  if (seconds - free > 1e-9) waits.push(free, seconds);
  return waits;
}

function notesOf({ notes, pool, step }: Timeline): readonly string[] {
  const allNotes = [...notes];
  if (step.phase === 'training')
    allNotes.push(
      'The lengths of passes are predicted, and in each how long only communication runs; operations have the proportions of their kernels.',
    );
  if (pool.replicas > 1) allNotes.push(`One of ${pool.replicas} equal replicas.`);
  return allNotes;
}

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
