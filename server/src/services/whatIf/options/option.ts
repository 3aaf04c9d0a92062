import type { Deployment, Pool } from '../../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../../plan/resolve/resolved.ts';
import { childOf } from '../../../plan/values.ts';
import type { Analysis } from '../../analysis.ts';
import { type Setting, type Step, stepTo } from '../settings.ts';

/** A value of a deployment that is one of several: a degree, an engine, a number type, a kind of machine. */
export interface Option {
  /** Unlike that of any other option or knob of the deployment: `decode.tp`. */
  readonly name: string;
  readonly label: string;
  /** The pools that it concerns, where the deployment has several: `decode`. Empty when it concerns all. */
  readonly group: string;
  readonly written: string;
  /** Includes the written one. */
  readonly choices: readonly string[];
}

/** Options whose settings depend on each other, such as the degrees of one pool. */
export interface OptionSet {
  readonly options: readonly Option[];
  /** What gives them these values. Called only when some differ from what is written. */
  settings(tried: ReadonlyMap<string, string>): readonly Setting[];
}

/** A deployment of which options are made. */
export interface OptionPlace {
  readonly analysis: Analysis;
  readonly resolved: ResolvedDeployment;
  readonly draft: Deployment;
  /** The number of GPUs that is tried, over the written one. */
  readonly scale: number;
  /** The global batch that is tried, over the written one. */
  readonly batchScale: number;
}

/** Makes the options of one kind. */
export type OptionMaker = (place: OptionPlace) => readonly OptionSet[];

/** Pools whose values of one keyword stand in one block. */
export interface SharingPools {
  readonly first: Pool;
  /** Where the first of them stands in the plan. */
  readonly index: number;
  /** Names of the pools when others do not share the block, else empty. */
  readonly group: string;
  /** The path from the deployment to their block, which may not be there yet. */
  readonly path: readonly Step[];
}

/** The pools of a deployment by the blocks `keyword { }` that say something of them: a pool's own, or the deployment's. */
export function poolsByBlock({ resolved, draft }: OptionPlace, keyword: string): readonly SharingPools[] {
  const { entity, sources } = resolved;
  const byBlock = new Map<string, { names: string[]; pools: SharingPools }>();
  draft.pools.forEach((pool, index) => {
    const holder = sources[index]?.holder ?? entity;
    const isOwn = holder !== entity && childOf(holder, keyword) !== undefined;
    const key = isOwn ? pool.name : '';
    const known = byBlock.get(key);
    if (known) known.names.push(pool.name);
    else {
      const path: readonly Step[] = [...(isOwn ? [stepTo(holder)] : []), { keyword }];
      byBlock.set(key, { names: [pool.name], pools: { first: pool, index, group: '', path } });
    }
  });
  return [...byBlock.values()].map(({ names, pools }) => ({
    ...pools,
    group: names.length < draft.pools.length ? names.join(' and ') : '',
  }));
}

/** `decode.tp`, or `tp` of a deployment whose pools share it. */
export function optionName(group: string, name: string): string {
  return group === '' ? name : `${group}.${name}`;
}

/** Choices with the written one in its place among numbers, or in front of other words. */
export function withWritten(choices: readonly string[], written: string): readonly string[] {
  if (choices.includes(written)) return choices;
  const all = [written, ...choices];
  return all.every((choice) => choice !== '' && Number.isFinite(Number(choice)))
    ? all.toSorted((left, right) => Number(left) - Number(right))
    : all;
}
