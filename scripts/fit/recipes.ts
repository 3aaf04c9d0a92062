import type { DecodeConstants, PrefillConstants } from '../../server/src/cost/constants/attention.ts';
import type { Link, ShotConstants } from '../../server/src/cost/constants/collectives.ts';
import type {
  LocalConstants,
  LowLatencyConstants,
  NvlinkConstants,
  RemoteConstants,
} from '../../server/src/cost/constants/expertParallel.ts';
import type { GemmConstants } from '../../server/src/cost/constants/gemm.ts';
import type { GroupedConstants } from '../../server/src/cost/constants/grouped.ts';
import type { Recipe } from './fit.ts';

/** What each kind of constants may be, and where the search begins. Orders follow the fields of the constants. */

export const GEMM: Recipe<GemmConstants> = {
  parameters: [
    { name: 'start', low: 0.5e-6, high: 40e-6, logarithmic: true, start: 5e-6 },
    { name: 'depth', low: 0, high: 4e-9, start: 0.3e-9 },
    { name: 'compute', low: 0.2, high: 1, start: 0.7 },
    { name: 'memory', low: 0.3, high: 1, start: 0.8 },
    { name: 'power', low: 1, high: 12, logarithmic: true, start: 3 },
    // At most 1: more rows never take less time.
    { name: 'wave', low: 0, high: 1, start: 0.4 },
    { name: 'prologue', low: 0, high: 1000, start: 100 },
  ],
  constantsOf: ([start = 0, depth = 0, compute = 0, memory = 0, power = 0, wave = 0, prologue = 0]) => ({
    start,
    depth,
    compute,
    memory,
    power,
    wave,
    prologue,
    residual: 0,
  }),
};

export const GROUPED: Recipe<GroupedConstants> = {
  parameters: [
    { name: 'start', low: 5e-6, high: 60e-6, logarithmic: true, start: 30e-6 },
    { name: 'perExpert', low: 0, high: 4e-6, start: 0.1e-6 },
    { name: 'perCopy', low: 0, high: 60, start: 5 },
    { name: 'perToken', low: 0, high: 200, start: 4 },
    { name: 'compute', low: 0.1, high: 1, start: 0.7 },
    { name: 'memory', low: 0.3, high: 1, start: 0.8 },
    { name: 'power', low: 1, high: 8, logarithmic: true, start: 2 },
    { name: 'wave', low: 0, high: 1, start: 0.5 },
    { name: 'partial', low: 0, high: 1, start: 0.3 },
    { name: 'depth', low: 0, high: 6e-9, start: 0.5e-9 },
  ],
  constantsOf: (values) => {
    const [start = 0, perExpert = 0, perCopy = 0, perToken = 0, compute = 0, memory = 0] = values;
    const [power = 0, wave = 0, partial = 0, depth = 0] = values.slice(6);
    return { start, perExpert, perCopy, perToken, compute, memory, power, wave, partial, depth, residual: 0 };
  },
};

export const PREFILL: Recipe<PrefillConstants> = {
  parameters: [
    { name: 'start', low: 1e-6, high: 60e-6, logarithmic: true, start: 12e-6 },
    { name: 'compute', low: 0.2, high: 2, start: 0.7 },
    { name: 'perQuery', low: 0, high: 3000, start: 300 },
    { name: 'wave', low: 0, high: 1, start: 0.3 },
  ],
  constantsOf: ([start = 0, compute = 0, perQuery = 0, wave = 0]) => ({ start, compute, perQuery, wave, residual: 0 }),
};

export const DECODE: Recipe<DecodeConstants> = {
  parameters: [
    { name: 'start', low: 1e-6, high: 60e-6, logarithmic: true, start: 12e-6 },
    { name: 'bandwidth', low: 0.3, high: 1, start: 0.8 },
    { name: 'compute', low: 0.05, high: 1.5, start: 0.5 },
    { name: 'ramp', low: 0, high: 300e6, start: 30e6 },
    { name: 'rampFactor', low: 0, high: 4, start: 0.5 },
    { name: 'intensity', low: 0, high: 400, start: 60 },
    { name: 'power', low: 1, high: 10, logarithmic: true, start: 4 },
  ],
  constantsOf: ([start = 0, bandwidth = 0, compute = 0, ramp = 0, rampFactor = 0, intensity = 0, power = 0]) => ({
    start,
    bandwidth,
    compute,
    ramp,
    rampFactor,
    intensity,
    power,
    residual: 0,
  }),
};

const START_UP = [
  { name: 'start', low: 3e-6, high: 150e-6, logarithmic: true, start: 30e-6 },
  { name: 'ramp', low: 0, high: 200e-6, start: 20e-6 },
  { name: 'half', low: 1, high: 5000, logarithmic: true, start: 200 },
];

export const LOCAL: Recipe<LocalConstants> = {
  parameters: [
    ...START_UP,
    { name: 'work', low: 1e-12, high: 1e-9, logarithmic: true, start: 6e-11 },
    { name: 'link', low: 0.3, high: 1, start: 0.7 },
  ],
  constantsOf: ([start = 0, ramp = 0, half = 0, work = 0, link = 0]) => ({
    start,
    ramp,
    half,
    work,
    link,
    residual: 0,
  }),
};

export const REMOTE: Recipe<RemoteConstants> = {
  parameters: [
    ...START_UP,
    { name: 'perDoubling', low: 0, high: 60e-6, start: 20e-6 },
    { name: 'nodeWork', low: 1e-12, high: 1e-9, logarithmic: true, start: 4e-11 },
    { name: 'rankWork', low: 1e-12, high: 1e-9, logarithmic: true, start: 6e-11 },
    { name: 'network', low: 0.5, high: 1, start: 0.93 },
  ],
  constantsOf: ([start = 0, ramp = 0, half = 0, perDoubling = 0, nodeWork = 0, rankWork = 0, network = 0]) => ({
    start,
    ramp,
    half,
    perDoubling,
    nodeWork,
    rankWork,
    network,
    residual: 0,
  }),
};

export const LOW_LATENCY: Recipe<LowLatencyConstants> = {
  parameters: [
    ...START_UP,
    { name: 'perDoubling', low: 0, high: 30e-6, start: 4e-6 },
    { name: 'rate', low: 0.2, high: 1, start: 0.8 },
  ],
  constantsOf: ([start = 0, ramp = 0, half = 0, perDoubling = 0, rate = 0]) => ({
    start,
    ramp,
    half,
    perDoubling,
    rate,
    residual: 0,
  }),
};

const SHARES = ['share2', 'share4', 'share8', 'share16', 'share32', 'share64'];

export const NVLINK: Recipe<NvlinkConstants> = {
  parameters: [
    { name: 'floor', low: 1e-6, high: 60e-6, logarithmic: true, start: 12e-6 },
    { name: 'start', low: 1e-6, high: 60e-6, logarithmic: true, start: 12e-6 },
    { name: 'perDoubling', low: 0, high: 10e-6, start: 0.5e-6 },
    { name: 'perToken', low: 0, high: 200e-9, start: 5e-9 },
    { name: 'power', low: 1, high: 12, logarithmic: true, start: 6 },
    ...SHARES.map((name) => ({ name, low: 0.2, high: 1.5, start: 0.6 })),
  ],
  constantsOf: (values) => {
    const [floor = 0, start = 0, perDoubling = 0, perToken = 0, power = 0] = values;
    const [share2 = 0, share4 = 0, share8 = 0, share16 = 0, share32 = 0, share64 = 0] = values.slice(5);
    const shares = { share2, share4, share8, share16, share32, share64 };
    return { floor, start, perDoubling, perToken, power, ...shares, residual: 0 };
  },
};

export const LINK: Recipe<Link> = {
  parameters: [
    { name: 'start', low: 2e-6, high: 40e-6, logarithmic: true, start: 8e-6 },
    { name: 'perGpu', low: 0, high: 5e-6, start: 1e-6 },
    { name: 'efficiency', low: 0.3, high: 1.3, start: 0.8 },
    { name: 'pair', low: 0, high: 0.9, start: 0.5 },
    { name: 'slow', low: 0.1, high: 30, logarithmic: true, start: 2 },
    { name: 'turn', low: 5e4, high: 5e7, logarithmic: true, start: 6e6 },
  ],
  constantsOf: ([start = 0, perGpu = 0, efficiency = 0, pair = 0, slow = 0, turn = 0]) => ({
    start,
    perGpu,
    efficiency,
    pair,
    slow,
    turn,
    residual: 0,
  }),
};

export const SHOTS: Recipe<ShotConstants> = {
  parameters: [
    { name: 'oneStart', low: 1e-6, high: 20e-6, logarithmic: true, start: 4e-6 },
    { name: 'onePerGpu', low: 0, high: 1e-6, start: 0.1e-6 },
    { name: 'oneEfficiency', low: 0.2, high: 1, start: 0.6 },
    { name: 'twoStart', low: 1e-6, high: 60e-6, logarithmic: true, start: 25e-6 },
    { name: 'twoPerGpu', low: 0, high: 2e-6, start: 0.4e-6 },
    { name: 'twoEfficiency', low: 0.2, high: 1, start: 0.7 },
  ],
  constantsOf: (values) => {
    const [oneStart = 0, onePerGpu = 0, oneEfficiency = 0, twoStart = 0, twoPerGpu = 0, twoEfficiency = 0] = values;
    return { oneStart, onePerGpu, oneEfficiency, twoStart, twoPerGpu, twoEfficiency, residual: 0 };
  },
};
