import type { ConstantTable } from './sources.ts';

/** Where constants stand: a row of a table. */
export interface Row {
  readonly table: ConstantTable;
  readonly name: string;
  /** The table has the row; otherwise the nearest that it has stands in. */
  readonly isOwn: boolean;
}

/** What a kernel's time is computed with: a time carries these to wherever it is shown. */
export interface Constants {
  /** Mean absolute error on rows that were held out, as a fraction. */
  readonly residual: number;
  /** Absent in the tables themselves; who looks a row up there says it. */
  readonly row?: Row;
}

/** Constants with the row that they were looked up as. Changed copies of them keep it. */
export function ofRow<Values extends Constants>(
  table: ConstantTable,
  name: string,
  values: Values,
  isOwn = true,
): Values & { readonly row: Row } {
  return { ...values, row: { table, name, isOwn } };
}

/** ... as a row of fitted ones: its own where there is one, otherwise what stands in for it. */
export function fittedRow<Values extends Constants>(
  table: ConstantTable,
  fitted: Readonly<Record<string, Values>>,
  name: string,
  values: Values,
): Values & { readonly row: Row } {
  return ofRow(table, name, values, Object.hasOwn(fitted, name));
}
