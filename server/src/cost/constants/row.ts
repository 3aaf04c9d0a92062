import { Memo } from '../../language/memo.ts';
import type { ConstantTable } from './sources.ts';

/** The table and the row that constants come from. */
export interface Row {
  readonly table: ConstantTable;
  readonly name: string;
  /** Whether the table has the row itself. Otherwise the nearest row of the table is used. */
  readonly isOwn: boolean;
}

/** The constants behind a kernel's time. A time carries them to wherever it is shown. */
export interface Constants {
  /** Mean absolute error on rows that were held out, as a fraction. */
  readonly residual: number;
  /** Absent in the tables themselves. The code that looks a row up sets it. */
  readonly row?: Row;
}

/** Marks constants with the row that they were looked up as. Changed copies keep the mark. */
export function ofRow<Values extends Constants>(
  table: ConstantTable,
  name: string,
  values: Values,
  isOwn = true,
): Values & { readonly row: Row } {
  return { ...values, row: { table, name, isOwn } };
}

/** Mean absolute error of constants that stand in for others: the spread between families of GPUs. */
export const GUESSED_RESIDUAL = 0.3;

const standIns = new Memo<Constants, Constants>();

/** The same constants where they stand in for those of a kernel that was never measured. Same constants give the same object. */
export function standIn(constants: Constants): Constants {
  const cachedConstants = standIns.get(constants);
  if (cachedConstants) return cachedConstants;
  const { row } = constants;
  const made: Constants = {
    ...constants,
    residual: Math.max(GUESSED_RESIDUAL, constants.residual),
    ...(row && { row: { ...row, isOwn: false } }),
  };
  standIns.set(constants, made);
  return made;
}

/** Looks up a row of fitted constants: its own if there is one, otherwise the one that replaces it. */
export function fittedRow<Values extends Constants>(
  table: ConstantTable,
  fitted: Readonly<Record<string, Values>>,
  name: string,
  values: Values,
): Values & { readonly row: Row } {
  return ofRow(table, name, values, Object.hasOwn(fitted, name));
}
