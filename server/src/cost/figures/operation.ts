import type { Operation } from '../operation.ts';
import type { Figure } from './figure.ts';
import { byFormula, exact } from './make.ts';

export interface OperationFigures {
  readonly flop: Figure;
  readonly bytes: Figure;
  readonly time: Figure;
  /** The part of the time that nothing hides. */
  readonly exposed: Figure;
}

/** What an operation costs, or a node of the graph, which carries the formula of its operation. */
export function operationFigures({
  flop,
  bytes,
  seconds,
  exposedSeconds,
  formula,
}: Pick<Operation, 'flop' | 'bytes' | 'seconds' | 'exposedSeconds' | 'formula'>): OperationFigures {
  return {
    flop: exact(flop, 'FLOP', 'operation-flop'),
    bytes: exact(bytes, 'bytes', 'operation-bytes'),
    time: byFormula(seconds, 'seconds', formula),
    exposed: byFormula(exposedSeconds, 'seconds', formula),
  };
}
