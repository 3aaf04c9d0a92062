import type { Figure } from './figures/figure.ts';
import type { OperationFigures } from './figures/operation.ts';
import { digits, formatShortRate, formatValue } from './numbers.ts';

/** The only place that turns figures into text, so that hover, preview, report and command line show the same. */

export function formatFigure({ value, unit }: Figure): string {
  return formatValue(value, unit);
}

/** `7.5 to 9.2 ms`, `990 us to 1.1 ms`: a unit that both ends share is written once. Undefined for a figure without a band. */
export function formatBand({ band, unit }: Figure): string | undefined {
  if (!band) return undefined;
  const [least, most] = [formatValue(band.low, unit), formatValue(band.high, unit)];
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

/** `61.2 of 80 GiB`: a unit that both amounts share is written once. */
export function formatOf(part: Figure, whole: Figure): string {
  const [left, right] = [formatFigure(part), formatFigure(whole)];
  const [number, unit] = left.split(' ');
  return right.endsWith(` ${unit}`) ? `${number} of ${right}` : `${left} of ${right}`;
}

/** A rate where there is little room: three digits of it. */
export function formatShort(rate: Figure): string {
  return formatShortRate(rate.value);
}

/** In whole per cent, for sentences: `57 %`. */
export function formatRounded(share: Figure): string {
  return `${Math.round(share.value * 100)} %`;
}

/** To the last unit: `536,870,912`. */
export function formatExactly({ value }: Figure): string {
  return value.toLocaleString('en-US');
}

/** What a figure was computed from: `tokens 1,280,000`, `step 648 ms`. */
export function formatInputs({ inputs = {} }: Figure): readonly string[] {
  return Object.entries(inputs).map(([name, { value, unit }]) => `${name} ${formatValue(value, unit)}`);
}

/** How long an operation runs and, where other work hides a part, what remains exposed: `187 ms, 12 ms exposed`. */
export function formatTimes({ time, exposed }: Pick<OperationFigures, 'time' | 'exposed'>): string {
  const text = formatFigure(time);
  if (isExposed({ time, exposed })) return text;
  return exposed.value <= time.value * HIDDEN_IN_TEXT ? `${text}, hidden` : `${text}, ${formatFigure(exposed)} exposed`;
}

/** Whether nothing hides any of an operation, as far as three digits tell. */
export function isExposed({ time, exposed }: Pick<OperationFigures, 'time' | 'exposed'>): boolean {
  return exposed.value >= time.value * (1 - HIDDEN_IN_TEXT);
}

/** Three digits do not show a smaller share. */
const HIDDEN_IN_TEXT = 5e-4;

/** `+12.5 %`, or `+2.1 points` for shares; empty when there was nothing to compare with. */
export function formatChange(from: Figure, to: Figure): string {
  const amount = changeBetween(from, to);
  if (!Number.isFinite(from.value) || !Number.isFinite(to.value)) return '';
  const isShare = to.unit === 'fraction';
  if (!isShare && from.value === 0) return '';
  const unit = isShare ? 'points' : '%';
  const text = digits(Math.abs(amount) * 100);
  const sign = amount < 0 ? '−' : '+';
  return text === '0' ? `${sign}<0.01 ${unit}` : `${sign}${text} ${unit}`;
}

/** The change relative to the old value, or the difference for shares. */
export function changeBetween(from: Figure, to: Figure): number {
  return to.unit === 'fraction' ? to.value - from.value : to.value / from.value - 1;
}
