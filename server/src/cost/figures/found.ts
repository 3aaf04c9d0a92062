import type { Figure, FigureUnit } from './figure.ts';
import type { FormulaName } from './formulas.ts';
import { exact, withError } from './make.ts';

/** Figures of plans that a search found, which keep numbers alone. */
const FORMULAS_OF = {
  throughput: 'serving-throughput',
  'throughput-per-gpu': 'throughput-per-gpu',
  'tokens-per-user': 'tokens-per-user',
  'tokens-per-price': 'tokens-per-price',
  ttft: 'ttft',
  tpot: 'tpot',
  latency: 'latency',
  step: 'step',
  utilisation: 'utilisation',
  'gpus-used': 'count',
  'memory-per-gpu': 'memory',
  'memory-margin': 'memory-margin',
  'price-per-hour': 'count',
} as const satisfies Readonly<Record<string, FormulaName>>;

/** The figure of a metric. `error` is relative; without one the figure has no band. */
export function foundFigure(name: keyof typeof FORMULAS_OF, value: number, unit: FigureUnit, error = 0): Figure {
  const figure = exact(value, unit, FORMULAS_OF[name]);
  return error > 0 ? withError(figure, error) : figure;
}

/** How many plans became something. */
export function plansFigure(count: number): Figure {
  return exact(count, 'count', 'count');
}

/** A found plan's figure over another's. `low` and `high` are its band. */
export function overFigure(middle: number, low: number, high: number): Figure {
  return { ...exact(middle, 'ratio', 'speedup'), band: { low, high } };
}

/** How far a value is from the best one, as a share of it. */
export function behindFigure(value: number, best: number): Figure {
  return exact(Math.abs(value - best) / best, 'fraction', 'share');
}
