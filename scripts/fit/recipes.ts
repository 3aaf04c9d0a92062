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
