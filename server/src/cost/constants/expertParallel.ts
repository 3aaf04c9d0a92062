import { FITTED_LOCAL } from './fitted/deepepLocal.ts';
import { FITTED_LOW_LATENCY } from './fitted/deepepLowLatency.ts';
import { FITTED_REMOTE } from './fitted/deepepRemote.ts';
import { FITTED_NVLINK } from './fitted/nvlink.ts';
import { type Constants, fittedRow } from './row.ts';
import type { ConstantTable } from './sources.ts';

export type Way = 'dispatch' | 'combine';

/** Start-up of a transfer of T tokens: `start + perDoubling log2(N/2) + ramp T / (T + half)` over N nodes. */
export interface StartUp {
  readonly start: number;
  readonly ramp: number;
  readonly half: number;
}

/** DeepEP's normal kernels in one scale-up domain. */
export interface LocalConstants extends StartUp, Constants {
  /** Seconds of one multiprocessor per byte and per rank that a token goes to. */
  readonly work: number;
  /** Share of the link's bandwidth. */
  readonly link: number;
}

/** DeepEP's normal kernels between nodes. The kernel's multiprocessors first send to nodes and there forward to ranks. */
export interface RemoteConstants extends StartUp, Constants {
  readonly perDoubling: number;
  readonly nodeWork: number;
  readonly rankWork: number;
  /** Share of the network's bandwidth. */
  readonly network: number;
}

/** DeepEP's low-latency kernels. `rate` is a share of the network's bandwidth, or of the link's bandwidth in one domain. */
export interface LowLatencyConstants extends StartUp, Constants {
  readonly perDoubling: number;
  readonly rate: number;
}

/** TensorRT-LLM's all-to-all through peer memory in one scale-up domain. */
export interface NvlinkConstants extends Constants {
  /** The shortest time of an exchange. */
  readonly floor: number;
  readonly start: number;
  /** Start-up per doubling of the group beyond two. */
  readonly perDoubling: number;
  readonly perToken: number;
  readonly power: number;
  /** Share of the link's bandwidth by the size of the group: a curve over doublings. */
  readonly share2: number;
  readonly share4: number;
  readonly share8: number;
  readonly share16: number;
  readonly share32: number;
  readonly share64: number;
}

/** Multiprocessors that DeepEP's normal kernels take from compute (SGLang's and vLLM's default). */
export const DEEPEP_MULTIPROCESSORS = 20;

const LOCAL: LocalConstants = { start: 35e-6, ramp: 0, half: 100, work: 6e-11, link: 0.66, residual: 0.1 };
const REMOTE: RemoteConstants = {
  start: 57e-6,
  perDoubling: 30e-6,
  ramp: 50e-6,
  half: 200,
  nodeWork: 4e-11,
  rankWork: 6e-11,
  network: 0.93,
  residual: 0.1,
};
const LOW_LATENCY: LowLatencyConstants = {
  start: 20e-6,
  perDoubling: 3e-6,
  ramp: 0,
  half: 100,
  rate: 0.93,
  residual: 0.1,
};
const NVLINK: NvlinkConstants = {
  floor: 10e-6,
  start: 11e-6,
  perDoubling: 0.5e-6,
  perToken: 0,
  power: 4,
  share2: 0.55,
  share4: 0.55,
  share8: 0.55,
  share16: 0.55,
  share32: 0.55,
  share64: 0.55,
  residual: 0.1,
};

/** Returns a function that looks a row of a table up once for each name. */
function rows<Values extends Constants>(table: ConstantTable, fitted: Readonly<Record<string, Values>>, other: Values) {
  const cache = new Map<string, Values>();
  return (name: string): Values => {
    const row = cache.get(name) ?? fittedRow(table, fitted, name, fitted[name] ?? other);
    cache.set(name, row);
    return row;
  };
}

const localRow = rows('deepepLocal', FITTED_LOCAL, LOCAL);
const remoteRow = rows('deepepRemote', FITTED_REMOTE, REMOTE);
const lowLatencyRow = rows('deepepLowLatency', FITTED_LOW_LATENCY, LOW_LATENCY);
const nvlinkRow = rows('nvlink', FITTED_NVLINK, NVLINK);

export function localConstants(way: Way): LocalConstants {
  return localRow(way);
}

export function remoteConstants(way: Way): RemoteConstants {
  return remoteRow(way);
}

export function lowLatencyConstants(way: Way, local: boolean): LowLatencyConstants {
  return lowLatencyRow(`${way} ${local ? 'local' : 'remote'}`);
}

/**
 * TensorRT-LLM's first choice is `one-sided`; `two-sided` is the earlier exchange. The one-sided table begins at 8 GPUs:
 * smaller groups have the link shares of the two-sided table.
 */
export function nvlinkConstants(way: Way, kind: 'one-sided' | 'two-sided'): NvlinkConstants {
  return kind === 'two-sided' ? nvlinkRow(`${way} two-sided`) : ONE_SIDED[way];
}

function oneSided(way: Way): NvlinkConstants {
  const { share2, share4 } = nvlinkRow(`${way} two-sided`);
  return { ...nvlinkRow(`${way} one-sided`), share2, share4 };
}

/** Made once, because every layer times an exchange with them. */
const ONE_SIDED: Readonly<Record<Way, NvlinkConstants>> = {
  dispatch: oneSided('dispatch'),
  combine: oneSided('combine'),
};

/**
 * Preparation of indices before a two-sided exchange. Medians of aiconfigurator's table: mean error 6.7 % over 540 rows,
 * 6.8 % on random fifths held out; a search on a grid finds nothing better.
 */
export const NVLINK_PREPARE = { start: 13.2e-6, perToken: 6.7e-9 } as const;
