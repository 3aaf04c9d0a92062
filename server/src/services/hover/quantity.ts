import { digits } from '../../cost/numbers.ts';
import type { NumberLiteral } from '../../language/tree.ts';
import { type Dimension, UNITS } from '../../language/units.ts';
import { bold, join, type Markdown } from '../../text/markdown.ts';

/** Units worth seeing beside the one that was written. */
const CONVERSIONS: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  bytes: ['GiB', 'GB', 'MiB'],
  'bytes/s': ['GB/s', 'Gb/s', 'TB/s'],
  'FLOP/s': ['TFLOP/s', 'PFLOP/s'],
  seconds: ['s', 'ms', 'us'],
};

/** `80 GiB = 85.9 GB = 85,899,345,920 B`. */
export function quantityHover({ value, unit }: NumberLiteral): Markdown | undefined {
  const knownUnit = unit && UNITS.get(unit.text);
  if (!knownUnit) return undefined;
  const amount = value * knownUnit.factor;
  const others = (CONVERSIONS[knownUnit.dimension] ?? [])
    .filter((name) => name !== knownUnit.name)
    .flatMap((name) => {
      const other = UNITS.get(name);
      const converted = other ? amount / other.factor : 0;
      return other && converted >= 0.01 && converted < 1e7 ? [`${digits(converted)} ${name}`] : [];
    });
  const exact =
    knownUnit.dimension === 'bytes' && knownUnit.name !== 'B'
      ? [`${Math.round(amount).toLocaleString('en-US')} B`]
      : [];
  const written = bold(`${value.toLocaleString('en-US', { maximumFractionDigits: 6 })} ${knownUnit.name}`);
  return join([written, ...others, ...exact], ' = ');
}
