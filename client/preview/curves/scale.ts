/** Where values lie on an axis, and its round ticks. It knows nothing of the page. */

export interface Scale {
  readonly isLog: boolean;
  readonly low: number;
  readonly high: number;
  /** Round values from low to high, ascending. */
  readonly ticks: readonly number[];
  /** 0 at the low end, 1 at the high end. */
  at(value: number): number;
}

/** From this ratio of the ends on, equal ratios are more telling than equal differences. */
const LOG_FROM = 20;

/**
 * A scale that holds all values, which are finite. `wanted` is about how many ticks there is room for. A logarithmic scale ends at
 * its outermost values, where `isTight`, or else at round numbers. A linear one begins at 0.
 */
export function scaleOf(values: readonly number[], wanted: number, isTight: boolean): Scale {
  const positive = values.filter((value) => value > 0);
  const high = Math.max(...positive, 0);
  const low = Math.min(...positive, high);
  if (high === 0) return linear(0, 1, [0, 1]);
  return high / low >= LOG_FROM && positive.length === values.length
    ? logarithmic(low, high, wanted, isTight)
    : linearFrom(isTight ? low : 0, high, wanted, isTight);
}

function linear(low: number, high: number, ticks: readonly number[]): Scale {
  const length = high - low || 1;
  return { isLog: false, low, high, ticks, at: (value) => (value - low) / length };
}

function linearFrom(low: number, high: number, wanted: number, isTight: boolean): Scale {
  const step = roundStep((high - low || high) / Math.max(1, wanted - 1));
  const end = isTight ? high : step * Math.ceil(high / step - 1e-9);
  const ticks: number[] = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= end * (1 + 1e-9); count++) ticks.push(count * step);
  return linear(low, end, ticks);
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const times = [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10;
  return times * power;
}

/** Digits of the ticks within a decade, those with more ticks first. */
const DIGITS: readonly (readonly number[])[] = [[1, 2, 5], [1, 3], [1]];

function logarithmic(least: number, most: number, wanted: number, isTight: boolean): Scale {
  const [low, high] = isTight ? [least, most] : [roundDown(least), roundUp(most)];
  const decades = Math.log10(high / low);
  const digits = DIGITS.find((each) => each.length * decades <= wanted + 0.5) ?? [1];
  // With many decades only every second or third is marked.
  const every = Math.max(1, Math.ceil(decades / (Math.max(1, wanted) + 1)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every !== 0) continue;
    for (const digit of digits) {
      const tick = digit * 10 ** power;
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  const length = Math.log(high / low) || 1;
  return { isLog: true, low, high, ticks, at: (value) => Math.log(value / low) / length };
}

function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([5, 2, 1].find((digit) => digit * power <= value * (1 + 1e-9)) ?? 1);
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((digit) => digit * power >= value * (1 - 1e-9)) ?? 10);
}
