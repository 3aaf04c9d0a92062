/**
 * Units are part of the language. Every unit belongs to one dimension and has one factor to its base unit;
 * GiB and GB, GB/s and Gb/s are different words and never convert in silence.
 */
export type Dimension =
  | 'bytes'
  | 'bytes/s'
  | 'FLOP/s'
  | 'seconds'
  | 'tokens'
  | 'tokens/s'
  | 'requests/s'
  | 'price/h'
  | 'fraction'
  /** A plain number, no unit. */
  | 'number';

export interface Unit {
  readonly name: string;
  readonly dimension: Dimension;
  /** Multiplies a written value into the dimension's base unit: bytes, bytes/s, FLOP/s, seconds, tokens, 1/s, 1. */
  readonly factor: number;
}

const K = 1e3;
const M = 1e6;
const G = 1e9;
const T = 1e12;
const P = 1e15;
const Ki = 2 ** 10;
const Mi = 2 ** 20;
const Gi = 2 ** 30;
const Ti = 2 ** 40;

function units(dimension: Dimension, factors: Readonly<Record<string, number>>): [string, Unit][] {
  return Object.entries(factors).map(([name, factor]) => [name, { name, dimension, factor }]);
}

/** Every unit of the language by its exact spelling. */
export const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...units('bytes', { B: 1, KB: K, MB: M, GB: G, TB: T, KiB: Ki, MiB: Mi, GiB: Gi, TiB: Ti }),
  ...units('bytes/s', {
    'KB/s': K,
    'MB/s': M,
    'GB/s': G,
    'TB/s': T,
    'MiB/s': Mi,
    'GiB/s': Gi,
    'TiB/s': Ti,
    'Mb/s': M / 8,
    'Gb/s': G / 8,
    'Tb/s': T / 8,
  }),
  ...units('FLOP/s', { 'GFLOP/s': G, 'TFLOP/s': T, 'PFLOP/s': P }),
  ...units('seconds', { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, min: 60, h: 3600 }),
  ...units('tokens', { token: 1, tokens: 1 }),
  ...units('tokens/s', { 'tokens/s': 1, 'token/s': 1 }),
  ...units('requests/s', { 'requests/s': 1, 'request/s': 1 }),
  ...units('price/h', { 'USD/h': 1, 'EUR/h': 1 }),
  ...units('fraction', { '%': 0.01 }),
]);

/** Units of a dimension in the order in which to offer them; the first is the one to suggest. */
export const PREFERRED_UNITS: Readonly<Record<Dimension, readonly string[]>> = {
  bytes: ['GiB', 'MiB', 'GB', 'MB', 'KiB', 'KB', 'TiB', 'TB', 'B'],
  'bytes/s': ['GB/s', 'TB/s', 'Gb/s', 'GiB/s', 'MB/s'],
  'FLOP/s': ['TFLOP/s', 'PFLOP/s', 'GFLOP/s'],
  seconds: ['ms', 's', 'us', 'ns', 'min', 'h'],
  tokens: ['tokens'],
  'tokens/s': ['tokens/s'],
  'requests/s': ['requests/s'],
  'price/h': ['USD/h', 'EUR/h'],
  fraction: ['%'],
  number: [],
};
