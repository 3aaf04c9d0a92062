import type { OperationFigures } from '../cost/figures/operation.ts';
import { labelOf } from '../cost/figures/quantities.ts';
import { formatFigure, formatWithBand, isExposed } from '../cost/format.ts';
import type { Bound } from '../cost/operation.ts';

export type Fact = readonly [name: string, value: string];

/** What is said of one run of an operation, in every view: amounts, its time, the part that nothing hides, and its bound. */
export interface OperationCosts {
  readonly figures: OperationFigures;
  /** Whether its bytes are sent to other GPUs. */
  readonly isSent: boolean;
  readonly bound?: Bound;
}

export function operationFacts({ figures, isSent, bound }: OperationCosts): readonly Fact[] {
  const { flop, bytes, time, exposed } = figures;
  const facts: Fact[] = [];
  if (flop.value > 0) facts.push([labelOf('flop'), formatFigure(flop)]);
  if (bytes.value > 0) facts.push([labelOf(isSent ? 'bytesSent' : 'bytes'), formatFigure(bytes)]);
  if (time.value === 0) return facts;
  facts.push([labelOf('timePerRun'), formatWithBand(time)]);
  if (!isExposed({ time, exposed })) facts.push([labelOf('exposedPerRun'), formatFigure(exposed)]);
  if (bound) facts.push([labelOf('bound'), bound]);
  return facts;
}
