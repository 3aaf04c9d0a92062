import type { Fix, RelatedInformation } from '../../language/diagnostic.ts';
import type { Entity, Property } from '../../language/entity.ts';
import { locationOfProperty } from '../../language/entity.ts';
import type { Program } from '../../language/program.ts';
import { fix } from '../../language/rules/run.ts';
import type { Location } from '../../language/span.ts';
import type { Deployment, Pool } from '../deployment.ts';
import { divisors, nearest } from '../divisors.ts';
import { type LayerClass, layerClass } from '../model.ts';
import type { Parallel } from '../parallel.ts';
import { linesOfStage, type PlacedLine } from '../placement.ts';
import {
  type PoolSource,
  type ResolvedBlock,
  type ResolvedDeployment,
  type WrittenLine,
  writtenLine,
} from '../resolve/resolved.ts';
import { numberOf } from '../values.ts';
import { writeIndexes } from '../wording.ts';

/** What the rules of dimensions, graph, GPUs and experts see: one top-level block and what it resolves to. */
export interface PlanContext {
  readonly program: Pick<Program, 'own' | 'root'>;
  readonly plan: ResolvedBlock;
}

/** A pool as far as it could be resolved, and the place where it is written. */
export interface DraftPool {
  readonly resolved: ResolvedDeployment;
  readonly draft: Deployment;
  readonly pool: Pool;
  readonly source: PoolSource;
}

export function draftPools({ plan }: PlanContext): DraftPool[] {
  return plan.deployments.flatMap(poolsOf);
}

/** The pools of one deployment. */
export function poolsOf(resolved: ResolvedDeployment): DraftPool[] {
  const { draft, sources } = resolved;
  if (!draft) return [];
  return draft.pools.flatMap((pool, index) => {
    const source = sources[index];
    return source ? [{ resolved, draft, pool, source }] : [];
  });
}

/** The classes of the layers that the stages of a pool hold, each once. */
export function classesOfPool({ model, stages }: Pool): LayerClass[] {
  const layers = stages.flatMap((stage) => stage.layers).filter((layer) => layer < model.layers.length);
  return [...new Set(layers.map((layer) => layerClass(model, layer)))];
}

export type WrittenDegree = keyof Pick<Parallel, 'tp' | 'cp' | 'dp' | 'etp' | 'ep' | 'edp' | 'pp'>;

/** The place where a degree is written, or the place of its pool when the degree is derived. */
export function placeOfDegree(draftPool: DraftPool, degree: WrittenDegree): Location {
  return placeOfProperty(draftPool, draftPool.source.parallel?.properties.get(degree));
}

/** The place of a property, or of its pool when the property is absent. `placedIn` moves inherited places. */
export function placeOfProperty({ source }: DraftPool, property: Property | undefined): Location {
  return property ? locationOfProperty(property) : source.pool;
}

/** Chooses between properties that contradict each other: the one that the block itself writes, otherwise the first. */
export function ownProperty(entity: Entity, ...properties: readonly (Property | undefined)[]): Property | undefined {
  const written = properties.flatMap((property) => property ?? []);
  return written.find((property) => isOwnProperty(entity, property)) ?? written[0];
}

/** Whether a property is written in the block itself and not in one that it extends. */
export function isOwnProperty({ uri, node }: Entity, property: Property | undefined): boolean {
  if (property?.uri !== uri) return false;
  return node.span.start <= property.node.span.start && property.node.span.end <= node.span.end;
}

/** Points to the property in another file that a finding concerns. */
export function relatedProperty(property: Property | undefined, message: string): RelatedInformation[] {
  return property ? [{ ...locationOfProperty(property), message }] : [];
}

/** The place in the text of a deployment's model. Undefined for models that are read from a config. */
export function modelProperty(resolved: ResolvedDeployment, block: string, name: string): Property | undefined {
  const model = resolved.entity.properties.get('model')?.target;
  return model?.children.find((child) => child.keyword === block && child.properties.has(name))?.properties.get(name);
}

/** Replaces the number of a property that is written as a plain number. */
export function changeNumber(property: Property | undefined, value: number | undefined): Fix[] {
  if (value === undefined || property?.node.value.kind !== 'number') return [];
  return [
    fix(`Change to \`${property.node.key.text} = ${value}\``, property.uri, property.node.value.span, String(value)),
  ];
}

/** Replaces the indexes of a property by the remaining ones, if any remain. */
export function changeIndexes(property: Property | undefined, left: readonly number[]): Fix[] {
  if (!property || left.length === 0) return [];
  const runs = writeIndexes(left);
  const text = runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
  return [fix(`Change to \`${property.node.key.text} = ${text}\``, property.uri, property.node.value.span, text)];
}

export function stated(entity: Entity | undefined, name: string): boolean {
  return numberOf(entity, name) !== undefined;
}

/** Adds an item to a list. Returns false when there is no list yet. */
export function addTo<Item>(list: Item[] | undefined, item: Item): boolean {
  list?.push(item);
  return list !== undefined;
}

/** Degrees to offer: common divisors of all sizes, up to `atMost`. */
export function commonDivisors(sizes: readonly number[], atMost: number): number[] {
  const [first = 1, ...others] = sizes;
  return divisors(first).filter((divisor) => divisor <= atMost && others.every((size) => size % divisor === 0));
}

/**
 * The value to put in place of a degree that does not divide: one that divides what is split, and with which the degrees
 * still multiply to the GPUs of the stage. `partners` is the product of the degrees that stay as they are written.
 */
export function fittingDegree(
  choices: readonly number[],
  value: number,
  stageGpus: number,
  partners: number,
  isRestDerived: boolean,
): number | undefined {
  const fits = choices.filter((choice) =>
    isRestDerived ? stageGpus % (choice * partners) === 0 : choice * partners === stageGpus,
  );
  return nearest(fits, value);
}

/** The degrees that multiply to the GPUs of a stage with one of them. */
const PARTNERS = { tp: ['cp', 'dp'], etp: ['ep', 'edp'] } as const;

/** The nearest of these values for `tp` or `etp` with which the degrees that are written beside it still make up the GPUs. */
export function degreeToWrite(
  { pool, source }: DraftPool,
  degree: 'tp' | 'etp',
  choices: readonly number[],
): number | undefined {
  const kept = PARTNERS[degree].filter((partner) => stated(source.parallel, partner));
  const product = kept.reduce((total, partner) => total * pool.parallel[partner], 1);
  const stageGpus = pool.stages[0]?.gpus.length ?? pool.parallel[degree];
  const others = choices.filter((choice) => choice !== pool.parallel[degree]);
  return fittingDegree(others, pool.parallel[degree], stageGpus, product, kept.length < 2);
}

/** `stage front`, or `the stage` for the only stage when it has no block. */
export function nameStage(pool: Pool, index: number): string {
  const stage = pool.stages[index];
  return pool.stages.length === 1 && stage?.name === 'all' ? 'the pool' : `stage ${stage?.name ?? index}`;
}

/** The `expert ... on gpu ...` lines that concern a stage. */
export function linesOf({ pool, source }: DraftPool, index: number): PlacedLine<WrittenLine>[] {
  const stageLines = (source.stages[index]?.entity?.placements ?? []).map(writtenLine);
  return linesOfStage(source.placement.written, stageLines, pool.stages[index]?.gpus ?? [], pool.parallel);
}
