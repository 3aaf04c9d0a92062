import type { Evaluation } from '../cost/evaluation.ts';
import { type StageRun, shownSeconds } from '../cost/operation.ts';
import { placeOf } from '../plan/cluster.ts';
import type { Pool, Stage } from '../plan/deployment.ts';
import { buildDag, overviewOptions } from './build.ts';
import { type Cluster, contract } from './contract.ts';
import { formatIndexes, stageLabel } from './labels.ts';
import { blockName, type DrawnRun, orderedRuns } from './runs.ts';
import { type StageGroup, stageGroups } from './stageGroups.ts';
import type { Dag, DagNode, FoldSwitch, SceneGroup, Unfolded } from './types.ts';

/** Which groups a reader has opened and closed, by their ids. All other groups are in their initial state. */
export interface FoldState {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Whether layers are boxes until they are opened, even when there are few. */
  readonly boxed?: boolean;
}

/** With more stages than this, equal ones are one box and every other stage is a box, until they are opened. */
const MOST_STAGES = 4;
/** With more layers than this, layers that are drawn one by one are boxes until they are opened. */
const MOST_LAYERS = 4;

/**
 * With more operations than this, equal layers are boxes until they are opened, because the first picture is an overview.
 */
const MOST_OPERATIONS = 32;

/**
 * The folded picture and everything that can be opened in it, group by group: pools, equal stages, stages, the nodes and
 * GPUs of a stage, layers, and the experts of a GPU. Ids name groups and not places in the picture, so they hold after an
 * edit: `pool P`, `stages P/A..B`, `stage P/S`, `gpus P/S`, `node P/S/N`, `gpu G` (wherever it is), `experts P/S/G`,
 * `layers P/S/RUN` (one by one), `layer P/S/RUN` (its operations).
 */
export class Folding implements Unfolded {
  private readonly evaluation: Evaluation;
  private readonly opened: ReadonlySet<string>;
  private readonly closed: ReadonlySet<string>;
  private readonly isSplit: boolean;
  private readonly isLarge: boolean;
  private readonly areLayersClosed: boolean;
  /** Layers that are initially open although the others are boxes: of each pool those that take longest together. */
  private readonly shownLayers: ReadonlySet<string>;
  /** GPUs that are looked at one by one. The groups that contain them are open. */
  private readonly gpus: ReadonlySet<number>;
  /** Stages in their order and by their keys, so that none of thousands is searched for at every node. */
  private readonly stages: readonly StagePlace[];
  private readonly places: ReadonlyMap<string, StagePlace>;
  /** Keys of stages that hold a GPU that is looked at by itself. */
  private readonly withOpenGpu: ReadonlySet<string>;
  private readonly boxes = new Map<string, StageBox>();
  private readonly lanesKnown = new Map<Stage, readonly (readonly number[])[]>();

  constructor(evaluation: Evaluation, { opened, closed, boxed }: FoldState) {
    this.evaluation = evaluation;
    this.opened = new Set(opened);
    this.closed = new Set(closed);
    this.gpus = new Set(opened.flatMap((id) => /^gpu (\d+)$/.exec(id)?.[1] ?? []).map(Number));
    const { pools } = evaluation.prediction;
    this.isSplit = pools.length > 1;
    this.stages = pools.flatMap(({ pool, steps }) =>
      (steps[0]?.stages ?? []).flatMap((run) => {
        const stage = pool.stages[run.stage];
        return stage ? [{ pool, stage, run, key: this.key(pool, stage) }] : [];
      }),
    );
    this.places = new Map(this.stages.map((place) => [place.key, place]));
    this.withOpenGpu = new Set(
      this.stages.flatMap(({ key, stage }) => (stage.gpus.some((gpu) => this.gpus.has(gpu)) ? [key] : [])),
    );
    this.isLarge = this.stages.length > MOST_STAGES;
    const drawn = this.stages.reduce((sum, { run }) => sum + operationsOf(run), 0);
    this.areLayersClosed = !this.isLarge && (boxed === true || drawn > MOST_OPERATIONS);
    this.shownLayers = new Set(this.areLayersClosed && boxed !== true ? this.longestLayers() : []);
    for (const pool of pools) for (const group of this.isLarge ? stageGroups(pool) : []) this.addBox(pool.pool, group);
  }

  dag(): Dag {
    return this.close(buildDag(this.evaluation, { ...overviewOptions(), unfolded: this }));
  }

  /** Whether all that is left are pools, which the machines that they run on then tell apart. */
  get isOfMachines(): boolean {
    const { pools } = this.evaluation.prediction;
    return this.isSplit && pools.every(({ pool }) => !this.isOpen(`pool ${pool.name}`, true));
  }

  /** Closes groups into boxes in a graph with drawn stages. When only boxes are opened, the graph is the overview. */
  close(drawn: Dag): Dag {
    return contract(drawn, (_, node) => this.clusterOf(node));
  }

  lanes(pool: Pool, stage: Stage): readonly (readonly number[])[] {
    const lanes = this.lanesKnown.get(stage) ?? this.makeLanes(this.key(pool, stage), stage);
    this.lanesKnown.set(stage, lanes);
    return lanes;
  }

  layers(pool: Pool, stage: Stage, run: readonly number[]): boolean {
    return this.layersAreOpen(this.key(pool, stage), run);
  }

  experts(pool: Pool, stage: Stage, gpu: number): boolean {
    return this.isOpen(`experts ${this.key(pool, stage)}/${gpu}`, false);
  }

  /** The switches at the title of a drawn group. */
  switchesOf(group: SceneGroup): readonly FoldSwitch[] {
    if (group.kind === 'pool') {
      const [, pool] = /^machines (.*)$/s.exec(group.id) ?? [];
      if (pool !== undefined) return [{ id: `pool ${pool}`, label: 'operations', open: false }];
      return [{ id: group.id, label: 'pool', open: true }];
    }
    const place = this.find(group);
    if (!place) return [];
    const { pool, stage, key } = place;
    switch (group.kind) {
      case 'stage':
        return this.stageSwitches(place);
      case 'layer':
        return this.layerSwitches(place, group.id.slice(`layer ${key}/`.length));
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
    const sorted = gpus.toSorted((a, b) => a - b);
    const areOpen = this.isOpen(`gpus ${key}`, false);
    const machines = areOpen ? this.machines(sorted) : new Map([[-1, sorted]]);
    return [...machines].flatMap(([machine, machineGpus]) => {
      const isEach = (areOpen && machines.size === 1) || this.isOpen(`node ${key}/${machine}`, false);
      if (isEach) return machineGpus.map((gpu) => [gpu]);
      const single = machineGpus.filter((gpu) => this.gpus.has(gpu));
      const closed = machineGpus.filter((gpu) => !single.includes(gpu));
      return [...single.map((gpu) => [gpu]), ...(closed.length > 0 ? [closed] : [])];
    });
  }

  private machines(gpus: readonly number[]): ReadonlyMap<number, readonly number[]> {
    const machines = new Map<number, number[]>();
    for (const gpu of gpus) {
      const { node } = placeOf(this.evaluation.cluster, gpu);
      const sameMachine = machines.get(node);
      if (sameMachine) sameMachine.push(gpu);
      else machines.set(node, [gpu]);
    }
    return machines;
  }

  private addBox(pool: Pool, group: StageGroup): void {
    const { stages, together } = group;
    const [[first], [start], last] = [stages, together, together.at(-1)];
    if (stages.length < 2) return;
    const opens = `stages ${this.poolKey(pool)}/${start?.name}..${last?.name}`;
    const id = first === start ? opens : `${opens}/${first?.name}`;
    const label = together.length > stages.length ? 'Stages in turn' : 'Equal stages';
    const isOpen = this.isOpen(
      opens,
      together.some((stage) => this.withOpenGpu.has(this.key(pool, stage))),
    );
    const box = { group, cluster: { id, opens, label, times: stages.length }, first, last, isOpen };
    for (const stage of stages) this.boxes.set(this.key(pool, stage), box);
  }

  private clusterOf(node: DagNode): Cluster | undefined {
    if (node.stage === undefined) return undefined;
    const { pool, stage, block } = node;
    const key = `${pool ?? ''}/${stage}`;
    if (pool !== undefined && !this.isOpen(`pool ${pool}`, true)) {
      const id = `pool ${pool}`;
      return { id, opens: id, label: `Pool ${pool}`, times: 1, keeps: { pool, block: '' } };
    }
    const box = this.boxes.get(key);
    if (box && !box.isOpen) {
      // What the last of them sends on leaves the box.
      if (block === '' && stage === box.last?.name) return undefined;
      const place = { ...(pool !== undefined && { pool }), ...(box.first && { stage: box.first.name }) };
      return { ...box.cluster, keeps: { ...place, stages: box.group.names, block: '' } };
    }
    if (block === '') return undefined;
    const place = { ...(pool !== undefined && { pool }), stage };
    const id = `stage ${key}`;
    if (!this.isOpen(id, !this.isLarge || this.withOpenGpu.has(key)))
      return { id, opens: id, label: stageLabel(stage), times: 1, keeps: { ...place, block: '' } };
    if (node.layers.length === 0) return undefined;
    const layer = `layer ${key}/${block}`;
    const isShown = this.shownLayers.has(layer) || !this.isOverview(key);
    if (this.isOpen(layer, isShown && !this.isOneOfMany(key, node))) return undefined;
    const label = node.layers.length > 1 ? `Layers ${formatIndexes(node.layers)}` : `Layer ${node.layers[0]}`;
    return { id: layer, opens: layer, label, times: node.layers.length, keeps: { ...place, block } };
  }

  /** The equal layers of each pool that its micro-batches wait for longest: one of them tells what the others do. */
  private longestLayers(): readonly string[] {
    const longest = new Map<Pool, { readonly id: string; readonly seconds: number }>();
    for (const { pool, run, key } of this.stages) {
      for (const { layers, operations } of runsOf(run)) {
        const seconds = layers.length * operations.reduce((sum, operation) => sum + shownSeconds(operation), 0);
        if (seconds <= (longest.get(pool)?.seconds ?? 0)) continue;
        longest.set(pool, { id: `layer ${key}/${blockName(layers)}`, seconds });
      }
    }
    return [...longest.values()].map(({ id }) => id);
  }

  /**
   * Whether a stage initially shows its equal layers as boxes. When its GPUs are told apart, the reader wants to see what
   * each does.
   */
  private isOverview(key: string): boolean {
    if (!this.areLayersClosed) return false;
    const place = this.places.get(key);
    return place === undefined || this.lanes(place.pool, place.stage).length < 2;
  }

  /** Whether a layer is drawn by itself because a long run of equal layers was opened. */
  private isOneOfMany(key: string, { layers }: DagNode): boolean {
    const [layer] = layers;
    if (layer === undefined || layers.length > 1) return false;
    const place = this.places.get(key);
    const run = place && runsOf(place.run).find(({ together }) => together.includes(layer));
    return run !== undefined && run.together.length > MOST_LAYERS && this.layersAreOpen(key, run.together);
  }

  /** The stage that a drawn group is or lies in. Ids of groups begin with the stage's key. */
  private find(group: SceneGroup): StagePlace | undefined {
    let name = group.id.slice(group.id.indexOf(' ') + 1);
    while (!this.places.has(name) && name.includes('/')) name = name.slice(0, name.lastIndexOf('/'));
    return this.places.get(name);
  }

  private stageSwitches({ pool, stage, run, key }: StagePlace): readonly FoldSwitch[] {
    const switches: FoldSwitch[] = [{ id: `stage ${key}`, label: 'stage', open: true }];
    const box = this.boxes.get(key);
    if (box) {
      const { length } = box.group.together;
      const label = length > box.group.stages.length ? `${length} stages in turn` : `${length} equal stages`;
      switches.push({ id: box.cluster.opens, label, open: true });
    }
    // The only stage of a pool represents it. Several stages are in a frame that has the switch.
    if (this.isSplit && pool.stages.length === 1) switches.push({ id: `pool ${pool.name}`, label: 'pool', open: true });
    switches.push(...this.openRuns(run, key));
    const { length } = stage.gpus;
    if (length < 2) return switches;
    const areOpen = this.isOpen(`gpus ${key}`, false);
    const machines = this.machines(stage.gpus).size;
    const label = machines > 1 ? `${machines} nodes` : `${length} GPUs`;
    return [...switches, { id: `gpus ${key}`, label, open: areOpen }];
  }

  /** Runs of layers that are drawn one by one, as boxes. They need a switch, because nothing else would close them. */
  private openRuns(run: StageRun, key: string): readonly FoldSwitch[] {
    const groups = new Set(runsOf(run).map(({ together }) => together));
    return [...groups].flatMap((layers) =>
      this.layersAreOpen(key, layers)
        ? [{ id: layersId(key, layers), label: `layers ${formatIndexes(layers)}`, open: true }]
        : [],
    );
  }

  private layerSwitches({ run: ofStage, key }: StagePlace, block: string): readonly FoldSwitch[] {
    const layerSwitch: FoldSwitch = { id: `layer ${key}/${block}`, label: 'layer', open: true };
    const run = runsOf(ofStage).find(
      ({ layers, together }) =>
        together.length > 1 && (blockName(layers) === block || together.some((layer) => block === `l${layer}`)),
    );
    if (!run) return [layerSwitch];
    const open = this.layersAreOpen(key, run.together);
    return [layerSwitch, { id: layersId(key, run.together), label: `${run.together.length} layers`, open }];
  }

  /** Whether layers that are drawn once while folded are drawn one by one. */
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
  readonly key: string;
}

/** A group of stages while it is being drawn. */
interface StageBox {
  readonly group: StageGroup;
  readonly cluster: Pick<Cluster, 'id' | 'opens' | 'label' | 'times'>;
  readonly first: Stage | undefined;
  /** The last of the stages that open together. */
  readonly last: Stage | undefined;
  readonly isOpen: boolean;
}

/** Layers of a stage that are drawn once while folded. */
function runsOf({ layers }: StageRun): readonly DrawnRun[] {
  return orderedRuns(layers, true);
}

/** Number of operations of a stage whose equal layers are drawn once. */
function operationsOf(run: StageRun): number {
  return run.entry.length + run.exit.length + runsOf(run).reduce((sum, { operations }) => sum + operations.length, 0);
}
