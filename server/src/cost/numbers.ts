import type { FigureUnit } from './figures/figure.ts';

/**
 * How numbers of each unit are written, for `format.ts`, which makes text of figures, and for the preview's page. Nobody else may
 * call it: who has a number to show makes a figure of it (`figures/`). `test/architecture/figures.test.ts` lists who may, and why.
 */

interface Scale {
  readonly factor: number;
  readonly name: string;
}

const BYTES: readonly Scale[] = [
  { factor: 2 ** 40, name: 'TiB' },
  { factor: 2 ** 30, name: 'GiB' },
  { factor: 2 ** 20, name: 'MiB' },
  { factor: 2 ** 10, name: 'KiB' },
  { factor: 1, name: 'B' },
];

const SECONDS: readonly Scale[] = [
  { factor: 1, name: 's' },
  { factor: 1e-3, name: 'ms' },
  { factor: 1e-6, name: 'us' },
  { factor: 1e-9, name: 'ns' },
];

const FLOP: readonly Scale[] = [
  { factor: 1e18, name: 'EFLOP' },
  { factor: 1e15, name: 'PFLOP' },
  { factor: 1e12, name: 'TFLOP' },
  { factor: 1e9, name: 'GFLOP' },
  { factor: 1e6, name: 'MFLOP' },
  { factor: 1e3, name: 'KFLOP' },
  { factor: 1, name: 'FLOP' },
];

const TOKEN_RATES: readonly Scale[] = [
  { factor: 1e6, name: 'million tokens/s' },
  { factor: 1e3, name: 'thousand tokens/s' },
  { factor: 1, name: 'tokens/s' },
];

const COUNTS: readonly Scale[] = [
  { factor: 1e12, name: 'trillion' },
  { factor: 1e9, name: 'billion' },
  { factor: 1e6, name: 'million' },
];

/** Uses the largest scale for which the rounded number, as shown, is at least 1. */
function scaled(value: number, scales: readonly Scale[]): string {
  const last = scales.at(-1) ?? { factor: 1, name: '' };
  const size = Math.abs(value);
  // 1,023.99 MiB would be shown as 1,024, so such a value belongs to the next scale.
  const scale =
    size === 0
      ? (scales.find(({ factor }) => factor === 1) ?? last)
      : (scales.find(({ factor }) => size >= factor * 0.9995) ?? last);
  return `${digits(value / scale.factor)} ${scale.name}`;
}

/** Three significant digits below 1,000 and whole numbers with separators from there on; no trailing zeros. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'unlimited' : 'unknown';
  const size = Math.abs(value);
  if (size >= 999.5) return Math.round(value).toLocaleString('en-US');
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return Number(value.toFixed(decimals)).toString();
}

export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTES);
}

export function formatSeconds(seconds: number): string {
  return scaled(seconds, SECONDS);
}

function formatFlop(flop: number): string {
  return scaled(flop, FLOP);
}

/** A predicted rate where there is little room: three digits of it. */
export function formatShortRate(tokensPerSecond: number): string {
  return scaled(tokensPerSecond, TOKEN_RATES);
}

export function formatFraction(fraction: number): string {
  return `${digits(fraction * 100)} %`;
}

/** Exact when small, in millions and billions when large. */
function formatCount(count: number): string {
  if (!Number.isFinite(count) || Math.abs(count) < 1e6)
    return Number.isInteger(count) ? count.toLocaleString('en-US') : digits(count);
  return scaled(count, COUNTS);
}

export function formatValue(value: number, unit: FigureUnit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'FLOP':
      return formatFlop(value);
    case 'FLOP/s':
      return `${formatFlop(value)}/s`;
    case 'number':
      return Number(value.toPrecision(4)).toString();
    case 'seconds':
      return formatSeconds(value);
    case 'bytes/s':
      return `${digits(value / 1e9)} GB/s`;
    case 'tokens/s':
    case 'requests/s':
      return `${digits(value)} ${unit}`;
    case 'fraction':
      return formatFraction(value);
    case 'ratio':
      return `${digits(value)}x`;
    case 'parameters':
      return formatCount(value);
    case 'tokens':
      return `${formatCount(value)} tokens`;
    case 'count':
      return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
    case 'price/h':
      return `${digits(value)} per hour`;
  }
}
