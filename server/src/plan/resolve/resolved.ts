import type { Entity, EvaluatedCompare, EvaluatedPlacement, Property } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import type { Location, Span } from '../../language/span.ts';
import type { PlacementNode } from '../../language/tree.ts';
import type { Deployment } from '../deployment.ts';
import type { PlacementLine, PlanSpec } from '../spec.ts';
import { lineOf } from './spec.ts';

/**
 * What the rules of `plan/` and `cost/` see: the entities of the text, the plain deployment if one could be resolved, and
 * the problems met on the way. Text positions are kept here, beside the plain data and never inside it.
 */
export interface ResolvedDeployment {
  readonly name: string;
  readonly entity: Entity;
  /** What the deployment's block states, when its model, cluster and workload are known. */
  readonly spec?: PlanSpec;
  /** The deployment when its model, cluster and workload are known, even if it cannot work. Rules look at this. */
  readonly draft?: Deployment;
  /** The draft, when it can be computed. */
  readonly deployment?: Deployment;
  /** Why the draft cannot be computed, in a sentence. */
  readonly invalid?: string;
  /** The draft, when its memory can be computed. Its prediction may lack a value on which memory does not depend. */
  readonly sized?: Deployment;
  /** Where a pool and its stages, `parallel` and degrees are written, by pool index. */
  readonly sources: readonly PoolSource[];
  readonly claims: readonly Claim[];
  readonly measured: readonly Claim[];
  readonly measuredSource?: string | undefined;
}

export interface PoolSource {
  readonly pool: Location;
  /** The `pool` block, or the deployment itself. */
  readonly holder: Entity;
  readonly parallel?: Entity;
  readonly placement: PlacementSource;
  readonly stages: readonly { readonly location: Location; readonly entity?: Entity }[];
}

/** How the experts of a pool are placed. */
export interface PlacementSource {
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  /** The `expert ... on gpu ...` lines of the deployment and the pool. A stage block has its own lines in addition. */
  readonly written: readonly WrittenLine[];
}

/** A line of placement and the place where it is written. */
export interface WrittenLine extends PlacementLine {
  readonly node: PlacementNode;
  readonly uri: string;
}

const lines = new Memo<EvaluatedPlacement, WrittenLine>();

/** Returns the same object for the same line, because findings tell lines apart by it. */
export function writtenLine(placement: EvaluatedPlacement): WrittenLine {
  const cachedLine = lines.get(placement);
  if (cachedLine) return cachedLine;
  const { node, uri } = placement;
  const line = { ...lineOf(placement), node, uri };
  lines.set(placement, line);
  return line;
}

/** A figure that the text claims or measured, in base units. */
export interface Claim {
  readonly name: string;
  readonly operator: '=' | '>=' | '<=';
  readonly value: number;
  /** Absolute, in the value's own unit. When absent, `=` compares as precisely as the figure is written. */
  readonly tolerance?: number;
  /** Half a unit of the last written digit, in base units. */
  readonly precision: number;
  readonly property: Property;
}

/** A problem met while resolving. The rule of this name turns it into a message, for which it needs `data`. */
export interface PlanProblem {
  readonly rule: string;
  readonly uri: string;
  readonly span: Span;
  readonly message: string;
  readonly related?: readonly { readonly uri: string; readonly span: Span; readonly message: string }[];
}

/** What one top-level block resolves to. It is resolved when it is first looked at, because most blocks have known findings. */
export interface ResolvedBlock {
  readonly entity: Entity;
  /** The block itself, if it is a deployment. */
  readonly deployments: readonly ResolvedDeployment[];
  /** Problems of the block by itself, however many deployments use it. */
  readonly problems: readonly PlanProblem[];
  /** Set when findings about the block follow from other blocks too, so that they cannot be kept by its identity. */
  readonly dependsOnOthers?: true;
  /** The error of ours because of which the block has neither deployments nor problems. */
  readonly failure?: { readonly error: unknown } | undefined;
}

export interface ResolvedPlan {
  /** The file's top-level blocks in the order of the text. */
  readonly blocks: readonly ResolvedBlock[];
  /** What any block resolves to, also one of another file that a block of this file extends. */
  blockOf(entity: Entity): ResolvedBlock;
  readonly deployments: readonly ResolvedDeployment[];
  readonly compares: readonly EvaluatedCompare[];
}
