import type { Figure, FigureUnit } from './figures/figure.ts';
import type { Operation } from './operation.ts';

/** The only place that turns figures into text, so that hover, preview, report and command line show the same. */

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

/** How long an operation runs and, where other work hides a part, what remains exposed: `187 ms, 12 ms exposed`. */
export function formatTimes({ seconds, exposedSeconds }: Pick<Operation, 'seconds' | 'exposedSeconds'>): string {
  const text = formatSeconds(seconds);
  if (exposedSeconds >= seconds * (1 - HIDDEN_IN_TEXT)) return text;
  return exposedSeconds <= seconds * HIDDEN_IN_TEXT
    ? `${text}, hidden`
    : `${text}, ${formatSeconds(exposedSeconds)} exposed`;
}

/** Three digits do not show a smaller share. */
const HIDDEN_IN_TEXT = 5e-4;

export function formatFlop(flop: number): string {
  return scaled(flop, FLOP);
}

/** A rate of tokens or requests. */
export function formatRate(perSecond: number, unit: 'tokens/s' | 'requests/s' = 'tokens/s'): string {
  return `${digits(perSecond)} ${unit}`;
}

/** A predicted rate where there is little room: three digits of it. */
export function formatShortRate(tokensPerSecond: number): string {
  return scaled(tokensPerSecond, TOKEN_RATES);
}

export function formatFraction(fraction: number): string {
  return `${digits(fraction * 100)} %`;
}

/** Exact when small, in millions and billions when large. */
export function formatCount(count: number): string {
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
    case 'seconds':
      return formatSeconds(value);
    case 'tokens/s':
    case 'requests/s':
      return formatRate(value, unit);
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

export function formatFigure(figure: Figure): string {
  return formatValue(figure.value, figure.unit);
}

/** `7.5 to 9.2 ms`, `990 us to 1.1 ms`: a unit that both ends share is written once. */
export function formatBand({ low, high }: { readonly low: number; readonly high: number }, unit: FigureUnit): string {
  const [least, most] = [formatValue(low, unit), formatValue(high, unit)];
  const at = most.indexOf(' ');
  const unitText = at < 0 ? '' : most.slice(at);
  return `${unitText !== '' && least.endsWith(unitText) ? least.slice(0, -unitText.length) : least} to ${most}`;
}

/** `8.3 ms (7.5 ms to 9.2 ms)`: the figure with its band, if it has one. */
export function formatWithBand(figure: Figure): string {
  const { band, unit } = figure;
  if (!band) return formatFigure(figure);
  return `${formatFigure(figure)} (${formatValue(band.low, unit)} to ${formatValue(band.high, unit)})`;
}
