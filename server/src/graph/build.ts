import { DirectedGraph } from 'graphology';
import type { Evaluation, PoolPrediction } from '../cost/evaluation.ts';
import { handover } from '../cost/handover.ts';
import type { LayerRun, Operation, Shape, StageRun } from '../cost/operation.ts';
import type { ExpertMap, Pool, Stage } from '../plan/deployment.ts';
import { BYTES_PER_ELEMENT } from '../plan/model.ts';
import { markCriticalPath } from './critical.ts';
import { alikePositions, expertsOnGpu, type Instance, rangesOf, StageInstances } from './instances.ts';
import { defaultOptions } from './options.ts';
import { type DrawnRun, firstShape, lastShape, orderedRuns, poolOrder } from './runs.ts';
import type { Dag, DagEdge, DagNode, DagOptions } from './types.ts';

export { defaultOptions, overviewOptions } from './options.ts';

/** The nodes that hold what flows on, by the GPU that holds it, or under `EVERY` where equal GPUs are one node. */
type Front = ReadonlyMap<number, readonly string[]>;

const EVERY = -1;

function heldAt(front: Front | undefined, gpu: number): readonly string[] {
  return front?.get(gpu) ?? front?.get(EVERY) ?? [];
}

/**
 * The DAG of the first step of each pool, from one source to one sink. Compute is a node per GPU, a collective one
 * node per group; with folded options equal ones are one node with `copies`.
 */
export function buildDag(evaluation: Evaluation, options: Partial<DagOptions> = {}): Dag {
  const chosen: DagOptions = { ...defaultOptions(evaluation), ...options };
  const builder = new Builder(evaluation, chosen);
  builder.build();
  markCriticalPath(builder.dag);
  builder.closeCircles();
  return builder.dag;
}

class Builder {
  readonly dag: Dag = new DirectedGraph<DagNode, DagEdge>();
  private readonly evaluation: Evaluation;
  private readonly options: DagOptions;
  private readonly isSplit: boolean;
  /** Written arrows against the order in which things run: they close circles, and are drawn when all else stands. */
  private readonly back: (readonly [from: string, to: string])[] = [];

  constructor(evaluation: Evaluation, options: DagOptions) {
    this.evaluation = evaluation;
    this.options = options;
    this.isSplit = evaluation.prediction.pools.length > 1;
  }

  build(): void {
    const { prediction, deployment } = this.evaluation;
    const { poolEdges } = deployment;
    const order = poolOrder(prediction.pools.length, poolEdges);
    const isLast = (pool: number) =>
      !poolEdges.some(([from, to]) => from === pool && order.indexOf(to) > order.indexOf(pool));
    this.dag.addNode('source', this.end('source', 'Input', prediction.pools.flatMap(firstShape)[0] ?? []));
    const fronts = new Map<number, Front>();
    const last: Shape[] = [];
    for (const index of order) {
      const pool = prediction.pools[index];
      if (!pool) continue;
      const before = poolEdges.filter(([, to]) => to === index).map(([from]) => from);
      const entry = before.length === 0 ? undefined : this.kvTransfer(index, before, fronts);
      const { front, shape } = this.pool(pool, entry ?? [['source', []]]);
      fronts.set(index, front);
      if (isLast(index)) last.push(shape);
    }
    this.dag.addNode('sink', this.end('sink', 'Output', last[0] ?? []));
    for (const [index, front] of fronts) {
      if (isLast(index)) for (const node of new Set([...front.values()].flat())) this.edge(node, 'sink');
    }
    for (const [from, to] of poolEdges) {
      if (order.indexOf(from) < order.indexOf(to)) continue;
      for (const node of new Set([...(fronts.get(from)?.values() ?? [])].flat()))
        this.back.push([node, this.kvKey(from, to)]);
    }
  }

  /** Draws the arrows that make the graph cyclic: what is checked is what was written. */
  closeCircles(): void {
    for (const [from, to] of this.back) if (!this.dag.hasEdge(from, to)) this.edge(from, to);
  }

  private kvKey(from: number, to: number): string {
    const { pools } = this.evaluation.deployment;
    return `kv-transfer/${pools[from]?.name ?? from}-${pools[to]?.name ?? to}`;
  }

  private end(kind: 'source' | 'sink', label: string, shape: Shape): DagNode {
    return {
      label,
      kind,
      gpus: [],
      copies: 1,
      layers: [],
      block: '',
      experts: [],
      operation: kind,
      input: shape,
      output: shape,
      flop: 0,
      bytes: 0,
      seconds: 0,
      critical: true,
    };
  }

  /** What a prefill pool has computed goes to the decode pool: the KV cache of the prompt. */
  private kvTransfer(
    to: number,
    before: readonly number[],
    fronts: ReadonlyMap<number, Front>,
  ): readonly (readonly [string, readonly number[]])[] {
    const { deployment, prediction, cluster } = this.evaluation;
    const target = prediction.pools[to];
    const { workload, pools } = deployment;
    return before.map((from) => {
      const key = this.kvKey(from, to);
      const gpus = [...(deployment.pools[from]?.gpus ?? []), ...(deployment.pools[to]?.gpus ?? [])].sort(
        (a, b) => a - b,
      );
      const input = prediction.pools[from]?.steps[0]?.stages.at(-1);
      const output = target ? firstShape(target)[0] : undefined;
      const [source, sink] = [pools[from], pools[to]];
      const isServed = workload.kind === 'serving' && source && sink;
      const { bytes, seconds } = isServed ? handover(cluster, source, sink, workload) : { bytes: [0], seconds: 0 };
      this.dag.addNode(key, {
        label: 'KV cache transfer',
        kind: 'communication',
        gpus,
        copies: 1,
        layers: [],
        block: '',
        experts: [],
        operation: 'kv-transfer',
        input: (input && lastShape(input)) ?? [],
        output: output ?? [],
        flop: 0,
        bytes: Math.max(0, ...bytes),
        seconds,
        bound: 'network',
        critical: false,
      });
      for (const node of new Set([...(fronts.get(from)?.values() ?? [])].flat())) this.edge(node, key);
      return [key, []] as const;
    });
  }

  private pool(
    prediction: PoolPrediction,
    entry: readonly (readonly [string, readonly number[]])[],
  ): { front: Front; shape: Shape } {
    const { pool, steps } = prediction;
    let shape: Shape = [];
    let front: Front = new Map([[EVERY, entry.map(([node]) => node)]]);
    const reached = new Map<number, { readonly starts: readonly string[]; readonly front: Front }>();
    for (const run of steps[0]?.stages ?? []) {
      const stage = pool.stages[run.stage];
      if (!stage) continue;
      const before = front;
      front = this.stage(pool, stage, run, front);
      reached.set(run.stage, { starts: this.starts(before, pool, stage), front });
      shape = lastShape(run) ?? shape;
      const next = pool.stages[run.stage + 1];
      if (run.transfer && next) front = this.transfer(pool, stage, next, run.transfer, front);
    }
    for (const [from, to] of pool.arrows ?? []) {
      if (to === from + 1) continue;
      const [left, entered] = [reached.get(from), reached.get(to)];
      const [leaving, stage] = [pool.stages[from]?.gpus ?? [], pool.stages[to]?.gpus ?? []];
      const positions = new Map(stage.map((gpu, position) => [gpu, position]));
      // Rank by rank, as between stages that follow one another.
      for (const start of entered?.starts ?? [])
        for (const gpu of this.holders(this.dag.getNodeAttributes(start)))
          for (const node of heldAt(left?.front, leaving[(positions.get(gpu) ?? 0) % leaving.length] ?? EVERY)) {
            if (from >= to) this.back.push([node, start]);
            else if (!this.dag.hasEdge(node, start)) this.edge(node, start);
          }
    }
    return { front, shape };
  }

  /**
   * Under what an instance's nodes are found in a front: thousands of equal GPUs are not walked one by one, but where some
   * of them are opened.
   */
  private holders({ gpus }: Pick<Instance, 'gpus'>): readonly number[] {
    const { gpus: drawn, unfolded } = this.options;
    return drawn === 'folded' && !unfolded ? [EVERY] : gpus;
  }

  /** The nodes that take what flows into a stage. */
  private starts(entry: Front, pool: Pool, stage: Stage): readonly string[] {
    const nodes = [...new Set([...entry.values()].flat())].flatMap((node) => this.dag.outNeighbors(node));
    return [...new Set(nodes)].filter((node) => {
      const own = this.dag.getNodeAttributes(node);
      return own.stage === stage.name && (own.pool === undefined || own.pool === pool.name);
    });
  }

  private stage(pool: Pool, stage: Stage, run: StageRun, entry: Front): Front {
    const instances = new StageInstances(pool, stage, this.options);
    const scope = { pool, stage, instances, prefix: this.isSplit ? `${pool.name}/${stage.name}` : stage.name };
    let front = this.operations(scope, run.entry, [], 'entry', entry);
    for (const { layers, operations } of this.runs(pool, stage, run.layers)) {
      const name = layers.length === 1 ? `l${layers[0]}` : `l${layers[0]}-${layers.at(-1)}`;
      front = this.operations(scope, operations, layers, name, front);
    }
    return this.operations(scope, run.exit, [], 'exit', front);
  }

  private runs(pool: Pool, stage: Stage, layers: readonly LayerRun[]): readonly DrawnRun[] {
    const { layers: drawn, unfolded } = this.options;
    return orderedRuns(layers, drawn === 'folded').flatMap((run) =>
      unfolded?.layers(pool, stage, run.layers) ? run.layers.map((layer) => ({ ...run, layers: [layer] })) : [run],
    );
  }

  private operations(
    scope: Scope,
    operations: readonly Operation[],
    layers: readonly number[],
    name: string,
    input: Front,
  ): Front {
    const done = new Map<string, { front: Front; kind: Operation['kind'] }>([
      ['input', { front: input, kind: 'compute' }],
    ]);
    let last = input;
    for (const operation of operations) {
      const front = new Map<number, readonly string[]>();
      for (const instance of scope.instances.of(operation.group)) {
        const nodes = this.nodes(scope, operation, instance, layers, name);
        const holders = this.holders(instance);
        const incoming = new Map<string, DagEdge['kind']>();
        for (const before of operation.after) {
          const known = done.get(before);
          const kind = known?.kind === 'gate' ? 'gate' : 'data';
          for (const gpu of holders)
            for (const from of heldAt(known?.front, gpu)) if (!incoming.has(from)) incoming.set(from, kind);
        }
        for (const node of nodes) for (const [from, kind] of incoming) this.edge(from, node, kind);
        for (const gpu of holders) {
          const known = front.get(gpu);
          front.set(gpu, known ? [...known, ...nodes] : nodes);
        }
      }
      done.set(operation.key, { front, kind: operation.kind });
      last = front;
    }
    return last;
  }

  /** The node of an instance, or one for each of its experts. */
  private nodes(
    { pool, stage, prefix }: Scope,
    operation: Operation,
    instance: Instance,
    layers: readonly number[],
    name: string,
  ): readonly string[] {
    const key = `${prefix}/${name}/${instance.key}/${operation.key}`;
    const times = Math.max(1, layers.length);
    const experts = operation.routed ? expertsOf(pool, stage, layers, instance.gpus) : [];
    const common: DagNode = {
      label: operation.label,
      kind: operation.kind,
      gpus: instance.gpus,
      copies: instance.copies * times,
      ...(this.isSplit && { pool: pool.name }),
      stage: stage.name,
      layers,
      block: name,
      experts,
      operation: operation.key,
      input: operation.input,
      output: operation.output,
      flop: operation.flop,
      bytes: operation.bytes,
      seconds: operation.seconds,
      bound: operation.bound,
      critical: false,
      ...(operation.group === 'gpu' && { lane: true }),
    };
    const [gpu = -1] = instance.gpus;
    const isEach = this.options.experts === 'each' || (this.options.unfolded?.experts(pool, stage, gpu) ?? false);
    if (!isEach || experts.length < 2 || instance.gpus.length !== 1) {
      this.dag.addNode(key, common);
      return [key];
    }
    return experts.map((expert, index) => {
      const own = `${key}-${expert}${experts.indexOf(expert) === index ? '' : `.${index}`}`;
      const share = (value: number) => value / experts.length;
      this.dag.addNode(own, {
        ...common,
        label: `Expert ${expert}`,
        experts: [expert],
        input: oneExpert(operation.input),
        output: oneExpert(operation.output),
        flop: share(operation.flop),
        bytes: share(operation.bytes),
        seconds: share(operation.seconds),
      });
      return own;
    });
  }

  /** Activations to the next stage: rank by rank where the stages are of one size, else as one node. */
  private transfer(pool: Pool, stage: Stage, next: Stage, operation: Operation, front: Front): Front {
    const prefix = this.isSplit ? `${pool.name}/` : '';
    const lanes = [stage, next].map((each) => this.options.unfolded?.lanes(pool, each) ?? []);
    const isOneByOne = stage.gpus.length === next.gpus.length;
    const folded = !isOneByOne || (this.options.gpus === 'folded' && lanes.every(({ length }) => length < 2));
    const after = new Map<number, string[]>();
    const add = (key: string, from: readonly number[], to: readonly number[], copies: number) => {
      this.dag.addNode(key, {
        label: operation.label,
        kind: operation.kind,
        gpus: [...new Set([...from, ...to])].sort((a, b) => a - b),
        copies,
        ...(this.isSplit && { pool: pool.name }),
        stage: stage.name,
        layers: [],
        block: '',
        experts: [],
        operation: operation.key,
        input: operation.input,
        output: operation.output,
        flop: operation.flop,
        bytes: operation.bytes,
        seconds: operation.seconds,
        bound: operation.bound,
        critical: false,
      });
      for (const node of new Set(this.holders({ gpus: from }).flatMap((gpu) => heldAt(front, gpu))))
        this.edge(node, key);
      for (const gpu of this.holders({ gpus: to })) after.set(gpu, [key]);
    };
    if (folded)
      add(`${prefix}${stage.name}-${next.name}/transfer`, stage.gpus, next.gpus, stage.gpus.length * pool.replicas);
    else if (this.options.gpus === 'folded')
      for (const positions of alikePositions(stage, next, lanes)) {
        const [from, to] = [stage, next].map(({ gpus }) => positions.map((position) => gpus[position] ?? 0));
        const name = `gpu[${rangesOf((from ?? []).toSorted((a, b) => a - b))}]`;
        add(
          `${prefix}${stage.name}-${next.name}/${name}/transfer`,
          from ?? [],
          to ?? [],
          positions.length * pool.replicas,
        );
      }
    else
      for (const [position, gpu] of stage.gpus.entries())
        add(
          `${prefix}${stage.name}-${next.name}/gpu${gpu}/transfer`,
          [gpu],
          [next.gpus[position] ?? gpu],
          pool.replicas,
        );
    return after;
  }

  private edge(from: string, to: string, kind: DagEdge['kind'] = 'data'): void {
    const { output } = this.dag.getNodeAttributes(from);
    const { input, experts } = this.dag.getNodeAttributes(to);
    // Between a GPU's dispatch and one of its experts only that expert's part flows.
    const shape = experts.length === 1 && elements(input) < elements(output) ? input : output;
    const type = this.evaluation.deployment.model.types.activations;
    this.dag.addEdge(from, to, { kind, shape, bytes: kind === 'gate' ? 0 : elements(shape) * BYTES_PER_ELEMENT[type] });
  }
}

interface Scope {
  readonly pool: Pool;
  readonly stage: Stage;
  readonly instances: StageInstances;
  readonly prefix: string;
}

function elements(shape: Shape): number {
  return shape.reduce((product, { size }) => product * size, shape.length > 0 ? 1 : 0);
}

function oneExpert(shape: Shape): Shape {
  return shape.map((axis) => (axis.name === 'experts' ? { ...axis, size: 1 } : axis));
}

function expertsOf(pool: Pool, stage: Stage, layers: readonly number[], gpus: readonly number[]): readonly number[] {
  const [layer] = layers;
  if (layer === undefined) return [];
  if (gpus.length === 1) return expertsOnGpu(pool, stage, layer, gpus[0] ?? 0);
  if (gpus.length === stage.gpus.length) return expertsOfMap(stage.experts.get(layer));
  return [...new Set(gpus.flatMap((gpu) => expertsOnGpu(pool, stage, layer, gpu)))].sort((a, b) => a - b);
}

const expertsOfMaps = new WeakMap<ExpertMap, readonly number[]>();

/** All experts that a placement names; layers share placements. */
function expertsOfMap(map: ExpertMap | undefined): readonly number[] {
  if (!map) return [];
  const known = expertsOfMaps.get(map) ?? [...new Set(map.ranks.flat())].sort((a, b) => a - b);
  expertsOfMaps.set(map, known);
  return known;
}
