import type { DirectedGraph } from 'graphology';
import type { GpuMemory } from '../cost/evaluation.ts';
import type { Bound, OperationKind, Shape } from '../cost/operation.ts';
import type { Pool, Stage } from '../plan/deployment.ts';
import type { FilledPart } from './memorySegments.ts';

/** `gpu` and `network` are the parts of machines: a GPU or equal ones, and the links of one kind between those of a pool. */
export type NodeKind = OperationKind | 'source' | 'sink' | 'gpu' | 'network';

/**
 * A node of the deployment's DAG. Its graphology key is stable: the same plan gives the same key after any edit elsewhere.
 */
export interface DagNode {
  readonly label: string;
  readonly kind: NodeKind;
  /** GPUs that run it, ascending. Empty on source and sink. */
  readonly gpus: readonly number[];
  /** Number of equal nodes that it represents when GPUs or layers are folded. */
  readonly copies: number;
  readonly pool?: string;
  readonly stage?: string;
  /** Layers that it represents; a single one when layers are not folded. */
  readonly layers: readonly number[];
  /** The part of its stage to which it belongs: `entry`, `l0`, `l0-3`, `exit`; empty between stages. */
  readonly block: string;
  /** Routed experts it computes, by index. */
  readonly experts: readonly number[];
  readonly operation: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly flop: number;
  readonly bytes: number;
  /** How long it runs, and the part that nothing hides. For a closed group, the time that a micro-batch waits for it. */
  readonly seconds: number;
  readonly exposedSeconds: number;
  /** The name of the formula behind these times. */
  readonly formula: string;
  /** Time that the engine adds after it. */
  readonly engineSeconds?: number;
  /** Whether its bytes are sent to other GPUs. */
  readonly sends?: boolean;
  readonly bound?: Bound;
  readonly critical: boolean;
  /** Whether its GPUs run it alone or one by one, so that they are a lane of the drawn stage. */
  readonly lane?: boolean;
  /** Whether its stage is drawn once for all of its GPUs, whose numbers stand at the stage. */
  readonly isWhole?: boolean;
  /** What it shares a column of its layer with, when that is not its operation. */
  readonly column?: string;
  /** The operator of a hand-drawn layer to which it belongs. */
  readonly operator?: string;
  /** Why some or all of its figures are not known, as a clause. */
  readonly notPredicted?: string;
  /** Set for a closed group that is drawn as one node: the id under which it is opened. */
  readonly opens?: string;
  /** Of a GPU in its machine. */
  readonly held?: HeldMemory;
  /** Of the links between the GPUs of a pool. */
  readonly links?: PoolLinks;
  /** The stages of a closed group that represents several: `front..back`, `a, c, …, y`. */
  readonly stages?: string;
}

/** What a GPU holds, in which machine of its pool. */
export interface HeldMemory {
  readonly memory: GpuMemory;
  /** The title of its machine's frame: `node 4`, `x9 nodes: 4..12`. */
  readonly machine: string;
  /** The name of its kind: `H100-SXM`. */
  readonly type: string;
}

/** What a closed pool does, beside its machines. */
export interface PoolAtWork {
  readonly pool: string;
  /** Its first step: `Prefill 815 ms`. */
  readonly step: string;
  readonly links: readonly PoolLinks[];
}

/** Links of one kind between the GPUs of a pool, and what goes over them in a step. */
export interface PoolLinks {
  /** `Between nodes`. */
  readonly label: string;
  /** What goes over them, in a few words. */
  readonly amount: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface DagEdge {
  /** Gate edges choose experts and are dashed. */
  readonly kind: 'data' | 'gate';
  readonly shape: Shape;
  readonly bytes: number;
}

export type Dag = DirectedGraph<DagNode, DagEdge>;

export interface DagOptions {
  /** `each`: a lane per GPU. `folded`: equal GPUs are one lane. */
  readonly gpus: 'each' | 'folded';
  /** `each`: every layer. `folded`: equal layers that follow one another, or repeat in a pattern, are drawn once. */
  readonly layers: 'each' | 'folded';
  /** `each`: a node per routed expert. `grouped`: one per GPU. */
  readonly experts: 'each' | 'grouped';
  /** What a reader has opened of the parts that these options fold. */
  readonly unfolded?: Unfolded;
}

/** Parts that are drawn one by one in a picture that is otherwise folded. */
export interface Unfolded {
  /**
   * The GPUs of a stage in lanes. A lane is drawn once for all of its GPUs. GPUs are ascending, and each is in one lane.
   */
  lanes(pool: Pool, stage: Stage): readonly (readonly number[])[];
  /** Whether layers that open together (`DrawnRun`) are drawn one by one. */
  layers(pool: Pool, stage: Stage, together: readonly number[]): boolean;
  /** Whether the routed experts of a GPU that is a lane of its own are drawn one by one. */
  experts(pool: Pool, stage: Stage, gpu: number): boolean;
}

/** The six validation results of the analysis, computed on the graph and the placement. */
export interface Validation {
  readonly name:
    | 'acyclic'
    | 'one-source-one-sink'
    | 'connected'
    | 'experts-placed'
    | 'dimensions-preserved'
    | 'paths-complete';
  readonly title: string;
  readonly holds: boolean;
  /** What was counted, or a counterexample. */
  readonly detail: string;
}

/** Geometry in CSS pixels. y grows downwards. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface SceneNode extends Box {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** Second and third line: shape, time. */
  readonly lines: readonly string[];
  /** Share of the longest time among the nodes of the scene, 0..1. */
  readonly heat: number;
  readonly critical: boolean;
  /** Of a GPU: what it holds, from the bottom of its cell up. */
  readonly filled?: readonly FilledPart[];
  /** Set for a box that represents a group. A box for several equal groups is drawn as a stack. */
  readonly closed?: 'one' | 'several';
}

/** Opens or closes a part of the picture; drawn beside the title of a group. */
export interface FoldSwitch {
  readonly id: string;
  readonly label: string;
  readonly open: boolean;
}

/** A nested group: pool, stage, layer, machine or GPU lane. Drawn outermost first. */
export interface SceneGroup extends Box {
  readonly id: string;
  readonly kind: 'pool' | 'stage' | 'layer' | 'node' | 'gpu';
  readonly label: string;
  readonly depth: number;
  /** For a lane: the room at its left end for its name. */
  readonly gutter?: number;
  readonly switches?: readonly FoldSwitch[];
}

export interface SceneEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'data' | 'gate';
  readonly critical: boolean;
  /** Polyline x0, y0, x1, y1, ... */
  readonly points: readonly number[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly SceneGroup[];
  readonly nodes: readonly SceneNode[];
  readonly edges: readonly SceneEdge[];
}
