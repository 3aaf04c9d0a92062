import type { LayerRun, Operation, StageRun } from '../../cost/operation.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { type Instance, StageInstances } from '../instances.ts';
import { blockName, type DrawnRun, openedRuns, orderedRuns } from '../runs.ts';
import type { DagEdge, DagNode } from '../types.ts';
import { type Drawing, type Front, heldAt, nodesOf, workOf } from './drawing.ts';
import { expertsOf, oneExpert } from './experts.ts';
import { asDrawn, type PlacedOperation } from './handDrawn.ts';

interface Scope {
  readonly drawing: Drawing;
  readonly pool: Pool;
  readonly stage: Stage;
  readonly instances: StageInstances;
  readonly prefix: string;
}

/** Draws what a stage does, from before its first layer to after its last. Returns what leaves the stage. */
export function drawStage(drawing: Drawing, pool: Pool, stage: Stage, run: StageRun, entry: Front): Front {
  const instances = new StageInstances(pool, stage, drawing.options);
  const prefix = drawing.isSplit ? `${pool.name}/${stage.name}` : stage.name;
  const scope = { drawing, pool, stage, instances, prefix };
  let front = drawOperations(scope, run.entry, [], 'entry', entry);
  for (const { layers, operations } of runsOf(scope, run.layers)) {
    front = drawOperations(scope, asDrawn(operations), layers, blockName(layers), front);
  }
  return drawOperations(scope, run.exit, [], 'exit', front);
}

function runsOf({ drawing, pool, stage }: Scope, layers: readonly LayerRun[]): readonly DrawnRun[] {
  const { layers: drawn, unfolded } = drawing.options;
  const runs = orderedRuns(layers, drawn === 'folded');
  return unfolded ? openedRuns(runs, (together) => unfolded.layers(pool, stage, together)) : runs;
}

function drawOperations(
  scope: Scope,
  operations: readonly PlacedOperation[],
  layers: readonly number[],
  name: string,
  input: Front,
): Front {
  const { drawing } = scope;
  const done = new Map<string, { front: Front; kind: Operation['kind'] }>([
    ['input', { front: input, kind: 'compute' }],
  ]);
  let last = input;
  const leaving: Front[] = [];
  const open: (readonly [before: string, nodes: readonly string[]])[] = [];
  for (const operation of operations) {
    const front = new Map<number, readonly string[]>();
    for (const instance of scope.instances.of(operation.group)) {
      const nodes = drawInstance(scope, operation, instance, layers, name);
      const holders = drawing.holders(instance);
      const incoming = new Map<string, DagEdge['kind']>();
      for (const before of operation.after) {
        const source = done.get(before);
        if (!source) open.push([before, nodes]);
        const kind = source?.kind === 'gate' ? 'gate' : 'data';
        for (const gpu of holders)
          for (const from of heldAt(source?.front, gpu)) if (!incoming.has(from)) incoming.set(from, kind);
      }
      for (const node of nodes) for (const [from, kind] of incoming) drawing.edge(from, node, kind);
      for (const gpu of holders) {
        const nodesOfGpu = front.get(gpu);
        front.set(gpu, nodesOfGpu ? [...nodesOfGpu, ...nodes] : nodes);
      }
    }
    done.set(operation.key, { front, kind: operation.kind });
    if (operation.operator?.leaves) leaving.push(front);
    last = front;
  }
  // Arrows of a hand-drawn layer that run in a circle.
  for (const [before, nodes] of open)
    for (const from of nodesOf(done.get(before)?.front)) for (const to of nodes) drawing.back.push([from, to]);
  return operations.some(({ operator }) => operator) ? joined(leaving) : last;
}

/** Joins what leaves a layer at several places. */
function joined(fronts: readonly Front[]): Front {
  const nodesOfGpus = new Map<number, readonly string[]>();
  for (const front of fronts)
    for (const [gpu, nodes] of front) nodesOfGpus.set(gpu, [...(nodesOfGpus.get(gpu) ?? []), ...nodes]);
  return nodesOfGpus;
}

/** The node of an instance, or one for each of its experts. */
function drawInstance(
  { drawing, pool, stage, prefix }: Scope,
  operation: PlacedOperation,
  instance: Instance,
  layers: readonly number[],
  name: string,
): readonly string[] {
  const key = `${prefix}/${name}/${instance.key}/${operation.key}`;
  const times = Math.max(1, layers.length);
  const experts = operation.routed ? expertsOf(pool, stage, layers, instance.gpus) : [];
  const [gpu = -1] = instance.gpus;
  const { options } = drawing;
  const isEach = options.experts === 'each' || (options.unfolded?.experts(pool, stage, gpu) ?? false);
  const isSplit = isEach && experts.length > 1 && instance.gpus.length === 1;
  // A node that spans the lanes of several GPUs, or is drawn expert by expert, has a column of its own.
  const isOnly = instance.isWhole === true;
  const isBeside = operation.column !== undefined && !isSplit && (operation.group === 'gpu' || isOnly);
  const common: DagNode = {
    label: operation.label,
    kind: operation.kind,
    gpus: instance.gpus,
    copies: instance.copies * times,
    ...(drawing.isSplit && { pool: pool.name }),
    stage: stage.name,
    layers,
    block: name,
    experts,
    ...workOf(operation),
    ...(operation.notPredicted === undefined ? { bound: operation.bound } : { notPredicted: operation.notPredicted }),
    critical: false,
    ...((operation.group === 'gpu' || isOnly) && { lane: true }),
    ...(isOnly && { isWhole: true }),
    ...(isBeside && { column: operation.column }),
    ...(operation.operator && { operator: operation.operator.name }),
  };
  if (!isSplit) {
    drawing.dag.addNode(key, common);
    return [key];
  }
  return experts.map((expert, index) => {
    const expertNode = `${key}-${expert}${experts.indexOf(expert) === index ? '' : `.${index}`}`;
    const share = (value: number) => value / experts.length;
    drawing.dag.addNode(expertNode, {
      ...common,
      label: `Expert ${expert}`,
      experts: [expert],
      input: oneExpert(operation.input),
      output: oneExpert(operation.output),
      flop: share(operation.flop),
      bytes: share(operation.bytes),
      seconds: share(operation.seconds),
      exposedSeconds: share(operation.exposedSeconds),
      ...(operation.engineSeconds !== undefined && { engineSeconds: share(operation.engineSeconds) }),
    });
    return expertNode;
  });
}
