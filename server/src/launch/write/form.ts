import type { Deployment } from '../../plan/deployment.ts';
import type { LaunchedPool } from './plan.ts';

/** A file of a launch. Its name has no folder. */
export interface WrittenFile {
  readonly name: string;
  readonly text: string;
}

/** A deployment of which files are written. */
export interface FormPlace {
  readonly deployment: Deployment;
  readonly pools: readonly LaunchedPool[];
  /** The checkpoint, by its name or path. */
  readonly model: string;
}

/** A form in which launches are written. What it cannot say ends it, with the reason in a clause. */
export interface WrittenForm {
  readonly title: string;
  readonly write: (place: FormPlace) => { readonly files: readonly WrittenFile[] } | { readonly refused: string };
}

/** GPUs of the first machine of the cluster, by which instances are spread. */
export function nodeSize({ cluster }: Deployment): number {
  return cluster.groups[0]?.node.gpus ?? 8;
}

export function gpuName({ cluster }: Deployment): string {
  return cluster.groups[0]?.node.gpu.name ?? 'GPU';
}

/** How the instances of a pool lie on machines. */
export interface Spread {
  /** GPUs of one instance, and of it on each of its machines. */
  readonly perInstance: number;
  readonly perNode: number;
  /** Machines of one instance. */
  readonly nodes: number;
}

export function spreadOf(deployment: Deployment, { pool }: LaunchedPool): Spread {
  const perInstance = pool.gpus.length / pool.replicas;
  const nodes = Math.max(1, Math.ceil(perInstance / nodeSize(deployment)));
  return { perInstance, nodes, perNode: Math.ceil(perInstance / nodes) };
}

/** What stands above every file: what it is, what was derived, and what only the user knows. */
export function headingOf(
  deployment: Deployment,
  pools: readonly LaunchedPool[],
  yours: string,
  more: readonly string[] = [],
): readonly string[] {
  const [first] = pools;
  const { name, model } = deployment;
  const gpus = pools.reduce((sum, { pool }) => sum + pool.gpus.length, 0);
  const releases = pools.map(({ title, pool: { engine } }) =>
    engine.version === undefined
      ? `${title}, the newest release that moeplan knows`
      : `${title}, release ${engine.version}`,
  );
  const part = first && pools.length === 1 && first.pool.name !== name ? `, pool ${first.pool.name}` : '';
  const ofPool = (launched: LaunchedPool, line: string) => (pools.length > 1 ? `${launched.pool.name}: ${line}` : line);
  return [
    `${name}${part}: ${model.name} on ${gpus} x ${gpuName(deployment)}, written for ${[...new Set(releases)].join(' and ')}.`,
    ...more,
    ...pools.flatMap((launched) => [
      ...(launched.stored === '' ? [] : [ofPool(launched, `The checkpoint has to be stored in ${launched.stored}.`)]),
      ...launched.derived.map((line) => ofPool(launched, `Derived: ${line}.`)),
    ]),
    `Yours to add: ${yours}.`,
  ];
}
