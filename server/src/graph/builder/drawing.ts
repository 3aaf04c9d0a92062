import { DirectedGraph } from 'graphology';
import type { Evaluation } from '../../cost/evaluation.ts';
import type { Operation, Shape } from '../../cost/operation.ts';
import { isCommunication } from '../../cost/steps/layer.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import type { Instance } from '../instances.ts';
import type { Dag, DagEdge, DagNode, DagOptions } from '../types.ts';

/** The nodes that hold what flows on, by the GPU that holds it, or under `EVERY` when equal GPUs are one node. */
export type Front = ReadonlyMap<number, readonly string[]>;

export const EVERY = -1;

export function heldAt(front: Front | undefined, gpu: number): readonly string[] {
  return front?.get(gpu) ?? front?.get(EVERY) ?? [];
}

/** All nodes of a front, each once. */
export function nodesOf(front: Front | undefined): ReadonlySet<string> {
  return new Set([...(front?.values() ?? [])].flat());
}

/** The graph while it is being built, with the options that decide how fine it is. */
export class Drawing {
  readonly dag: Dag = new DirectedGraph<DagNode, DagEdge>();
  readonly evaluation: Evaluation;
  readonly options: DagOptions;
  /** Whether there are several pools. Then keys and nodes have the pool's name. */
  readonly isSplit: boolean;
  /**
   * Written arrows that lead back against the order of the flow and so close circles. They are drawn after everything else.
   */
  readonly back: (readonly [from: string, to: string])[] = [];

  constructor(evaluation: Evaluation, options: DagOptions) {
    this.evaluation = evaluation;
    this.options = options;
    this.isSplit = evaluation.prediction.pools.length > 1;
  }

  /** Draws the arrows that make the graph cyclic, so that what is checked is what was written. */
  closeCircles(): void {
    for (const [from, to] of this.back) if (!this.dag.hasEdge(from, to)) this.edge(from, to);
  }

  edge(from: string, to: string, kind: DagEdge['kind'] = 'data'): void {
    const { output } = this.dag.getNodeAttributes(from);
    const { input, experts } = this.dag.getNodeAttributes(to);
    // Between a GPU's dispatch and one of its experts only the part for that expert flows.
    const shape = experts.length === 1 && elements(input) < elements(output) ? input : output;
    const type = this.evaluation.deployment.model.types.activations;
    this.dag.addEdge(from, to, { kind, shape, bytes: kind === 'gate' ? 0 : elements(shape) * BYTES_PER_ELEMENT[type] });
  }

  /**
   * The keys under which a front has an instance's nodes. Where GPUs are equal, thousands of them need not be visited one
   * by one.
   */
  holders({ gpus }: Pick<Instance, 'gpus'>): readonly number[] {
    const { gpus: drawn, unfolded } = this.options;
    return drawn === 'folded' && !unfolded ? [EVERY] : gpus;
  }
}

/** What a node takes in, puts out and costs: that of its operation. */
export function workOf(
  operation: Operation,
): Pick<DagNode, 'operation' | 'input' | 'output' | 'flop' | 'bytes' | 'formula' | 'sends' | keyof Times> {
  const { key, input, output, flop, bytes, seconds, exposedSeconds, engineSeconds, formula } = operation;
  const times: Times = { seconds, exposedSeconds, ...(engineSeconds !== undefined && { engineSeconds }) };
  const sends = isCommunication(operation) ? { sends: true } : {};
  return { operation: key, input, output, flop, bytes, formula, ...times, ...sends };
}

type Times = Pick<DagNode, 'seconds' | 'exposedSeconds' | 'engineSeconds'>;

function elements(shape: Shape): number {
  return shape.reduce((product, { size }) => product * size, shape.length > 0 ? 1 : 0);
}
