import type { Evaluation, PoolPrediction } from '../cost/evaluation.ts';
import type { Operation, StageRun } from '../cost/operation.ts';
import { placeOf } from '../plan/cluster.ts';
import type { Pool, Stage } from '../plan/deployment.ts';
import { buildDag, overviewOptions } from './build.ts';
import { type Cluster, contract } from './contract.ts';
import { formatIndexes, stageLabel } from './labels.ts';
import { blockName, type DrawnRun, orderedRuns } from './runs.ts';
import type { Dag, DagNode, FoldSwitch, SceneGroup, Unfolded } from './types.ts';

/** What a reader has opened and closed, by ids of groups; everything else is as it is at first. */
export interface FoldState {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Layers are boxes until they are opened, however few there are. */
  readonly boxed?: boolean;
}

/** With more stages than this, equal neighbours are one box and each other stage is a box, until they are opened. */
const MOST_STAGES = 4;
/** With more layers than this, those that are drawn one by one are boxes until they are opened. */
const MOST_LAYERS = 4;

/** With more operations than this, equal layers are boxes until they are opened: the first picture is an overview. */
const MOST_OPERATIONS = 32;

/**
 * The folded picture and everything that can be opened in it, group by group: pools, runs of equal stages, stages, the
 * nodes and GPUs of a stage, layers, and the experts of a GPU. Ids name groups and not places in the picture, so that
 * they hold after an edit:
 * `pool P`, `stages P/A..B`, `stage P/S`, `gpus P/S`, `node P/S/N`, `gpu G` (wherever it is), `experts P/S/G`, `layers P/S/RUN` (one by
 * one), `layer P/S/RUN` (its operations).
 */
export class Folding implements Unfolded {
  private readonly evaluation: Evaluation;
  private readonly opened: ReadonlySet<string>;
  private readonly closed: ReadonlySet<string>;
  private readonly isSplit: boolean;
  private readonly isLarge: boolean;
  private readonly areLayersClosed: boolean;
  /** GPUs that are looked at one by one: what they lie in is open. */
  private readonly gpus: ReadonlySet<number>;
  private readonly runs = new Map<string, StageGroup>();
  private readonly lanesKnown = new Map<Stage, readonly (readonly number[])[]>();

  constructor(evaluation: Evaluation, { opened, closed, boxed }: FoldState) {
    this.evaluation = evaluation;
    this.opened = new Set(opened);
    this.closed = new Set(closed);
    this.gpus = new Set(opened.flatMap((id) => /^gpu (\d+)$/.exec(id)?.[1] ?? []).map(Number));
    const { pools } = evaluation.prediction;
    this.isSplit = pools.length > 1;
    this.isLarge = pools.reduce((sum, { steps }) => sum + (steps[0]?.stages.length ?? 0), 0) > MOST_STAGES;
    const drawn = this.stages().reduce((sum, { run }) => sum + operationsOf(run), 0);
    this.areLayersClosed = !this.isLarge && (boxed === true || drawn > MOST_OPERATIONS);
    for (const pool of pools) for (const run of this.isLarge ? equalStages(pool) : []) this.addRun(pool.pool, run);
  }

  dag(): Dag {
    return contract(buildDag(this.evaluation, { ...overviewOptions(), unfolded: this }), (_, node) =>
      this.clusterOf(node),
    );
  }

  lanes(pool: Pool, stage: Stage): readonly (readonly number[])[] {
    const known = this.lanesKnown.get(stage) ?? this.makeLanes(this.key(pool, stage), stage);
    this.lanesKnown.set(stage, known);
    return known;
  }

  layers(pool: Pool, stage: Stage, run: readonly number[]): boolean {
    return this.layersAreOpen(this.key(pool, stage), run);
  }

  experts(pool: Pool, stage: Stage, gpu: number): boolean {
    return this.isOpen(`experts ${this.key(pool, stage)}/${gpu}`, false);
  }

  /** What can be opened and closed at the title of a drawn group. */
  switchesOf(group: SceneGroup): readonly FoldSwitch[] {
    if (group.kind === 'pool') return [{ id: group.id, label: 'pool', open: true }];
    const found = this.find(group);
    if (!found) return [];
    const { pool, stage, key } = found;
    switch (group.kind) {
      case 'stage':
        return this.stageSwitches(pool, stage, key);
      case 'layer':
        return this.layerSwitches(pool, stage, key, group.id.slice(`layer ${key}/`.length));
      case 'gpu':
        return this.laneSwitches(pool, stage, key, Number(/gpu(\d+)$/.exec(group.id)?.[1] ?? -1));
      default:
        return [];
    }
  }

  private isOpen(id: string, otherwise: boolean): boolean {
    return this.opened.has(id) || (otherwise && !this.closed.has(id));
  }

  private poolKey(pool: Pool): string {
    return this.isSplit ? pool.name : '';
  }

  private key(pool: Pool, stage: Stage): string {
    return `${this.poolKey(pool)}/${stage.name}`;
  }

  private makeLanes(key: string, { gpus }: Stage): readonly (readonly number[])[] {
    const all = gpus.toSorted((a, b) => a - b);
    const areOpen = this.isOpen(`gpus ${key}`, false);
    const machines = areOpen ? this.machines(all) : new Map([[-1, all]]);
    return [...machines].flatMap(([machine, own]) => {
      const isEach = (areOpen && machines.size === 1) || this.isOpen(`node ${key}/${machine}`, false);
      if (isEach) return own.map((gpu) => [gpu]);
      const single = own.filter((gpu) => this.gpus.has(gpu));
      const rest = own.filter((gpu) => !single.includes(gpu));
      return [...single.map((gpu) => [gpu]), ...(rest.length > 0 ? [rest] : [])];
    });
  }

  private machines(gpus: readonly number[]): ReadonlyMap<number, readonly number[]> {
    const machines = new Map<number, number[]>();
    for (const gpu of gpus) {
      const { node } = placeOf(this.evaluation.cluster, gpu);
      const known = machines.get(node);
      if (known) known.push(gpu);
      else machines.set(node, [gpu]);
    }
    return machines;
  }

  private addRun(pool: Pool, stages: readonly Stage[]): void {
    const [first] = stages;
    const last = stages.at(-1);
    if (!first || !last || stages.length < 2) return;
    const id = `stages ${this.poolKey(pool)}/${first.name}..${last.name}`;
    const run = { id, first, last, stages };
    for (const stage of stages) this.runs.set(this.key(pool, stage), run);
  }

  private clusterOf(node: DagNode): Cluster | undefined {
    if (node.stage === undefined) return undefined;
    const { pool, stage, block } = node;
    const key = `${pool ?? ''}/${stage}`;
    if (pool !== undefined && !this.isOpen(`pool ${pool}`, true))
      return { id: `pool ${pool}`, label: `Pool ${pool}`, times: 1, keeps: { pool, block: '' } };
    const run = this.runs.get(key);
    if (
      run &&
      !this.isOpen(
        run.id,
        run.stages.some((each) => this.hasOpenGpu(each)),
      )
    ) {
      // What the last of them sends on leaves the box.
      if (block === '' && stage === run.last.name) return undefined;
      const keeps = { ...(pool !== undefined && { pool }), stage: run.first.name, block: '' };
      return { id: run.id, label: 'Equal stages', times: run.stages.length, keeps };
    }
    if (block === '') return undefined;
    const place = { ...(pool !== undefined && { pool }), stage };
    const id = `stage ${key}`;
    if (!this.isOpen(id, !this.isLarge || this.hasOpenGpu(this.stageNamed(pool, stage))))
      return { id, label: stageLabel(stage), times: 1, keeps: { ...place, block: '' } };
    if (node.layers.length === 0) return undefined;
    const layer = `layer ${key}/${block}`;
    if (this.isOpen(layer, !this.isOverview(pool, stage) && !this.isOneOfMany(key, node))) return undefined;
    const label = node.layers.length > 1 ? `Layers ${formatIndexes(node.layers)}` : `Layer ${node.layers[0]}`;
    return { id: layer, label, times: node.layers.length, keeps: { ...place, block } };
  }

  /** Whether a stage shows its equal layers as boxes at first. Where its GPUs are told apart, one wants to see what each does. */
  private isOverview(pool: string | undefined, name: string): boolean {
    if (!this.areLayersClosed) return false;
    const found = this.placeOf(pool, name);
    return found === undefined || this.lanes(found.pool, found.stage).length < 2;
  }

  /** Whether a layer is drawn by itself because a long run of equal layers was opened. */
  private isOneOfMany(key: string, { layers, stage, pool }: DagNode): boolean {
    const [layer] = layers;
    if (layer === undefined || layers.length > 1) return false;
    const found = this.placeOf(pool, stage ?? '');
    const run = found && runsOf(found.run).find(({ together }) => together.includes(layer));
    return run !== undefined && run.together.length > MOST_LAYERS && this.layersAreOpen(key, run.together);
  }

  private hasOpenGpu(stage: Stage | undefined): boolean {
    return this.gpus.size > 0 && (stage?.gpus.some((gpu) => this.gpus.has(gpu)) ?? false);
  }

  private stageNamed(pool: string | undefined, name: string): Stage | undefined {
    return this.placeOf(pool, name)?.stage;
  }

  private placeOf(pool: string | undefined, name: string): StagePlace | undefined {
    return this.stages().find((each) => each.stage.name === name && (pool ?? each.pool.name) === each.pool.name);
  }

  private find(group: SceneGroup): { pool: Pool; stage: Stage; key: string } | undefined {
    const name = group.id.slice(group.id.indexOf(' ') + 1);
    const found = this.stages().find(({ pool, stage }) => {
      const key = this.key(pool, stage);
      return name === key || name.startsWith(`${key}/`);
    });
    return found && { pool: found.pool, stage: found.stage, key: this.key(found.pool, found.stage) };
  }

  private stages(): readonly StagePlace[] {
    return this.evaluation.prediction.pools.flatMap(({ pool, steps }) =>
      (steps[0]?.stages ?? []).flatMap((run) => {
        const stage = pool.stages[run.stage];
        return stage ? [{ pool, stage, run }] : [];
      }),
    );
  }

  private stageSwitches(pool: Pool, stage: Stage, key: string): readonly FoldSwitch[] {
    const switches: FoldSwitch[] = [{ id: `stage ${key}`, label: 'stage', open: true }];
    const run = this.runs.get(key);
    if (run) switches.push({ id: run.id, label: `${run.stages.length} equal stages`, open: true });
    // The only stage of a pool stands for it; several are in a frame that has the switch.
    const isWhole = this.stages().filter((each) => each.pool === pool).length === 1;
    if (this.isSplit && isWhole) switches.push({ id: `pool ${pool.name}`, label: 'pool', open: true });
    switches.push(...this.openRuns(stage, key));
    const { length } = stage.gpus;
    if (length < 2) return switches;
    const areOpen = this.isOpen(`gpus ${key}`, false);
    const machines = this.machines(stage.gpus).size;
    const label = machines > 1 ? `${machines} nodes` : `${length} GPUs`;
    return [...switches, { id: `gpus ${key}`, label, open: areOpen }];
  }

  /** Runs of layers that are drawn one by one, as boxes: nothing else would close them. */
  private openRuns(stage: Stage, key: string): readonly FoldSwitch[] {
    const run = this.stages().find((each) => each.stage === stage)?.run;
    const groups = new Set((run ? runsOf(run) : []).map(({ together }) => together));
    return [...groups].flatMap((layers) =>
      this.layersAreOpen(key, layers)
        ? [{ id: layersId(key, layers), label: `layers ${formatIndexes(layers)}`, open: true }]
        : [],
    );
  }

  private layerSwitches(pool: Pool, stage: Stage, key: string, block: string): readonly FoldSwitch[] {
    const own: FoldSwitch = { id: `layer ${key}/${block}`, label: 'layer', open: true };
    const found = this.stages().find((each) => each.pool === pool && each.stage === stage);
    const run = (found ? runsOf(found.run) : []).find(
      ({ layers, together }) =>
        together.length > 1 && (blockName(layers) === block || together.some((layer) => block === `l${layer}`)),
    );
    if (!run) return [own];
    const open = this.layersAreOpen(key, run.together);
    return [own, { id: layersId(key, run.together), label: `${run.together.length} layers`, open }];
  }

  /** Whether layers that are drawn once while they are folded are drawn one by one. */
  private layersAreOpen(key: string, together: readonly number[]): boolean {
    return together.length > 1 && this.isOpen(layersId(key, together), false);
  }

  private laneSwitches(pool: Pool, stage: Stage, key: string, gpu: number): readonly FoldSwitch[] {
    const lane = this.lanes(pool, stage).find(([first]) => first === gpu);
    if (!lane) return [];
    const { node } = placeOf(this.evaluation.cluster, gpu);
    if (lane.length > 1)
      return this.isOpen(`gpus ${key}`, false)
        ? [{ id: `node ${key}/${node}`, label: `${lane.length} GPUs`, open: false }]
        : [];
    const switches: FoldSwitch[] = [];
    for (const [id, label] of [
      [`gpu ${gpu}`, 'GPU'],
      [`node ${key}/${node}`, `node ${node}`],
    ] as const)
      if (this.opened.has(id)) switches.push({ id, label, open: true });
    const held = [...stage.experts.values()].some(({ ranks }) => ranks.some(({ length }) => length > 1));
    const id = `experts ${key}/${gpu}`;
    return held ? [...switches, { id, label: 'experts', open: this.isOpen(id, false) }] : switches;
  }
}

function layersId(key: string, together: readonly number[]): string {
  return `layers ${key}/${blockName(together)}`;
}

interface StagePlace {
  readonly pool: Pool;
  readonly stage: Stage;
  readonly run: StageRun;
}

interface StageGroup {
  readonly id: string;
  readonly first: Stage;
  readonly last: Stage;
  readonly stages: readonly Stage[];
}

/** Layers of a stage that are drawn once while they are folded. */
function runsOf({ layers }: StageRun): readonly DrawnRun[] {
  return orderedRuns(layers, true);
}

/** Operations of a stage whose equal layers are drawn once. */
function operationsOf(run: StageRun): number {
  return run.entry.length + run.exit.length + runsOf(run).reduce((sum, { operations }) => sum + operations.length, 0);
}

/** Stages of a pool in runs of neighbours that do the same on as many GPUs. */
function equalStages({ pool, steps }: PoolPrediction): readonly (readonly Stage[])[] {
  // A box would hide the reader's own arrows.
  if (pool.arrows?.some(([from, to]) => to !== from + 1)) return [];
  const runs: { what: string; stages: Stage[] }[] = [];
  for (const run of steps[0]?.stages ?? []) {
    const stage = pool.stages[run.stage];
    if (!stage) continue;
    const what = workOf(run, stage);
    const last = runs.at(-1);
    if (last?.what === what) last.stages.push(stage);
    else runs.push({ what, stages: [stage] });
  }
  return runs.map(({ stages }) => stages);
}

function workOf({ entry, layers, exit }: StageRun, { gpus }: Stage): string {
  const costs = (operations: readonly Operation[]) =>
    operations.map(({ key, flop, bytes, seconds }) => [key, flop, bytes, seconds]);
  return JSON.stringify([
    gpus.length,
    costs(entry),
    layers.map((run) => [run.layers.length, costs(run.operations)]),
    costs(exit),
  ]);
}
