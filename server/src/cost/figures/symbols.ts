import type { ConstantTable } from '../constants/sources.ts';

/** How a constant stands in a formula. */
export interface Symbol {
  readonly symbol: string;
  readonly meaning: string;
  /** Plain numbers by default. */
  readonly unit?: 'seconds';
}

const s = (symbol: string, meaning: string): Symbol => ({ symbol, meaning });
const time = (symbol: string, meaning: string): Symbol => ({ symbol, meaning, unit: 'seconds' });

const START = time('t0', 'start-up');
const POWER = s('p', 'exponent that joins compute and memory time');
const WAVE = s('a', 'exponent of wave quantisation');
const DEPTH = time('d', 'per element of the inner dimension');
const OF_PEAK = s('eta_c', 'share of the peak that the kernel reaches');
const OF_BANDWIDTH = s('eta_m', 'share of the memory bandwidth that the kernel reaches');
const TRANSFER = time('a', 'start-up');
const OF_LINK = s('eta', "share of the link's bandwidth");
const RAMP = time('r', 'start-up of a transfer of many tokens');
const HALF = s('T_0', 'tokens at which half of that start-up is reached');

/** The constants of each table by the symbols of the formulas that use them. A constant that is not here keeps its own name. */
export const SYMBOLS: Readonly<Partial<Record<ConstantTable, Readonly<Record<string, Symbol>>>>> = {
  gemm: {
    start: START,
    depth: DEPTH,
    compute: OF_PEAK,
    memory: OF_BANDWIDTH,
    power: POWER,
    wave: WAVE,
    prologue: s('k_h', 'inner elements that the prologue costs'),
  },
  grouped: {
    start: START,
    perExpert: time('c_e', 'per expert that has any token'),
    perCopy: s('c_a', 'bytes moved per element of a token copy'),
    perToken: s('c_t', 'bytes moved per element of a token'),
    compute: OF_PEAK,
    memory: OF_BANDWIDTH,
    power: POWER,
    wave: WAVE,
    partial: s('f', 'part of a tile that an expert leaves empty'),
    depth: DEPTH,
  },
  prefill: {
    start: START,
    compute: s('eta', 'share of the bf16 peak'),
    perQuery: s('c_q', 'keys per query that a tile costs beside those it attends to'),
    wave: WAVE,
  },
  decode: {
    start: START,
    bandwidth: s('eta', 'share of the memory bandwidth'),
    compute: s('eta_f', 'share of the bf16 peak'),
    ramp: s('ramp', 'bytes lost before the kernel streams, at most'),
    rampFactor: s('r', 'bytes lost per byte read, at most'),
    intensity: s('i', 'FLOP per byte of cache, at least'),
    power: POWER,
  },
  indexer: { start: START, compute: s('eta', 'share of the peak'), memory: OF_BANDWIDTH },
  elementwise: { elementwiseStart: START, bandwidth: s('eta_m', 'share of the memory bandwidth') },
  links: {
    start: TRANSFER,
    perGpu: time('a_n', 'per further GPU'),
    efficiency: OF_LINK,
    pair: s('d', 'bandwidth that small groups lack, divided by their size'),
    slow: s('r', 'how much slower small messages are'),
    turn: s('S_0', 'bytes at which that has halved'),
  },
  shots: {
    oneStart: time('a, one shot', 'start-up'),
    onePerGpu: time('a_n, one shot', 'per GPU'),
    oneEfficiency: s('eta, one shot', "share of the link's bandwidth"),
    twoStart: time('a, two shots', 'start-up'),
    twoPerGpu: time('a_n, two shots', 'per GPU'),
    twoEfficiency: s('eta, two shots', "share of the link's bandwidth"),
  },
  scaleOut: { start: TRANSFER, efficiency: s('eta', "share of the network's bandwidth") },
  deepepLocal: {
    start: TRANSFER,
    ramp: RAMP,
    half: HALF,
    work: s('c_r', 'seconds of a multiprocessor per byte and rank'),
    link: OF_LINK,
  },
  deepepRemote: {
    start: TRANSFER,
    ramp: RAMP,
    half: HALF,
    perDoubling: time('a_N', 'start-up per doubling of the nodes beyond two, part of a'),
    nodeWork: s('c_n', 'seconds of a multiprocessor per byte and node'),
    rankWork: s('c_r', 'seconds of a multiprocessor per byte and rank'),
    network: s('eta', "share of the network's bandwidth"),
  },
  deepepLowLatency: {
    start: TRANSFER,
    ramp: RAMP,
    half: HALF,
    perDoubling: time('a_N', 'start-up per doubling of the nodes beyond two, part of a'),
    rate: s('eta', "share of the network's bandwidth"),
  },
  nvlink: {
    floor: time('floor', 'the shortest time of an exchange'),
    start: TRANSFER,
    perDoubling: time('a_n', 'start-up per doubling of the group beyond two, part of a'),
    perToken: time('c', 'per token'),
    power: POWER,
  },
};
