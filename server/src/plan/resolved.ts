import type { Entity, EvaluatedCompare, EvaluatedPlacement, Property } from '../language/entity.ts';
import type { Location, Span } from '../language/span.ts';
import type { PlacementNode } from '../language/tree.ts';
import type { Deployment } from './deployment.ts';
import { lineOf } from './readSpec.ts';
import type { PlacementLine, PlanSpec } from './spec.ts';

/**
 * What a rule of `plan/` or `cost/` sees: the text's entities, the plain deployment where one could be resolved, and
 * the problems met on the way. Positions live here, beside the plain data and never inside it.
 */
export interface ResolvedDeployment {
  readonly name: string;
  readonly entity: Entity;
  /** What its block says of a model, cluster and workload, where these are known. */
  readonly spec?: PlanSpec;
  /** As far as model, cluster and workload are known, whether it can work or not: what rules look at. */
  readonly draft?: Deployment;
  /** The draft when it can be computed. */
  readonly deployment?: Deployment;
  /** Why it cannot be, in a sentence. */
  readonly invalid?: string;
  /** The draft when its memory can be computed, though its prediction lacks a value that memory does not depend on. */
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
  /** `expert 0..3 on gpu 5` of the deployment and the pool; a stage block holds its own besides. */
  readonly written: readonly WrittenLine[];
}

/** A line of placement with where it is written. */
export interface WrittenLine extends PlacementLine {
  readonly node: PlacementNode;
  readonly uri: string;
}

const lines = new WeakMap<EvaluatedPlacement, WrittenLine>();

/** One object for each line, however often it is asked for: findings tell lines apart by it. */
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
  /** Absolute, in the value's own unit. Absent: `=` compares as precisely as the figure is written. */
  readonly tolerance?: number;
  /** Half a unit of the last written digit, in base units. */
  readonly precision: number;
  readonly property: Property;
}

/** Met while resolving; the rule of this name turns it into a message. `data` is what the message needs. */
export interface PlanProblem {
  readonly rule: string;
  readonly uri: string;
  readonly span: Span;
  readonly message: string;
  readonly related?: readonly { readonly uri: string; readonly span: Span; readonly message: string }[];
}

/** What one top-level block resolves to. */
export interface ResolvedBlock {
  readonly entity: Entity;
  /** The block itself where it is a deployment. */
  readonly deployments: readonly ResolvedDeployment[];
  /** Those of the block by itself, however many deployments use it. */
  readonly problems: readonly PlanProblem[];
  /** What is said of it follows from other blocks too, and is not kept by its identity. */
  readonly dependsOnOthers?: true;
}

export interface ResolvedPlan {
  /** The file's top-level blocks in the order of the text. */
  readonly blocks: readonly ResolvedBlock[];
  /** Any block's, that of another file too: what a block of this one extends. */
  blockOf(entity: Entity): ResolvedBlock;
  readonly deployments: readonly ResolvedDeployment[];
  readonly compares: readonly EvaluatedCompare[];
}
