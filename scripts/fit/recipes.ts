import type { DecodeConstants, PrefillConstants } from '../../server/src/cost/constants/attention.ts';
import type { GemmConstants } from '../../server/src/cost/constants/gemm.ts';
import type { GroupedConstants } from '../../server/src/cost/constants/grouped.ts';
import type { Recipe } from './fit.ts';

/** What each kind of constants may be, and where the search begins. Orders follow the fields of the constants. */

export const GEMM: Recipe<GemmConstants> = {
  parameters: [
    { name: 'start', low: 0.5e-6, high: 40e-6, logarithmic: true, start: 5e-6 },
    { name: 'compute', low: 0.2, high: 1, start: 0.7 },
    { name: 'memory', low: 0.3, high: 1, start: 0.8 },
    { name: 'power', low: 1, high: 12, logarithmic: true, start: 3 },
    // At most 1: more rows never take less time.
    { name: 'wave', low: 0, high: 1, start: 0.4 },
    { name: 'prologue', low: 0, high: 1000, start: 100 },
  ],
  constantsOf: ([start = 0, compute = 0, memory = 0, power = 0, wave = 0, prologue = 0]) => ({
    start,
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
    { name: 'prologue', low: 0, high: 2000, start: 100 },
  ],
  constantsOf: (values) => {
    const [start = 0, perExpert = 0, perCopy = 0, perToken = 0, compute = 0, memory = 0] = values;
    const [power = 0, wave = 0, partial = 0, prologue = 0] = values.slice(6);
    return { start, perExpert, perCopy, perToken, compute, memory, power, wave, partial, prologue, residual: 0 };
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
    { name: 'power', low: 1, high: 10, logarithmic: true, start: 4 },
  ],
  constantsOf: ([start = 0, bandwidth = 0, compute = 0, ramp = 0, rampFactor = 0, power = 0]) => ({
    start,
    bandwidth,
    compute,
    ramp,
    rampFactor,
    power,
    residual: 0,
  }),
};
