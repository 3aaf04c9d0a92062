/**
 * Units of figures. Values are bytes, FLOP and seconds; they are converted to GiB, ms or TFLOP/s only where text is made.
 */
export type FigureUnit =
  | 'bytes'
  | 'FLOP'
  | 'FLOP/s'
  | 'seconds'
  | 'bytes/s'
  | 'tokens/s'
  | 'requests/s'
  | 'fraction'
  | 'ratio'
  | 'parameters'
  | 'tokens'
  | 'count'
  /** A constant, with as many digits as a reader needs to compute with it. */
  | 'number'
  | 'price/h';

/**
 * The one type of every number that users see. Hover, preview, report and command line all format this value, so they
 * cannot disagree.
 */
export interface Figure {
  readonly value: number;
  readonly unit: FigureUnit;
  /** Name of the formula as documented in docs/cost-model.md. */
  readonly formula: string;
  /** Where the formula or its constants come from. `exact` for arithmetic on what the text states. */
  readonly source: string;
  /** The band that follows from the residuals of the parts. Absent for exact figures. */
  readonly band?: { readonly low: number; readonly high: number };
  /** The inputs, named as in the formula, to answer "how was this derived". */
  readonly inputs?: FigureInputs;
}

export type FigureInputs = Readonly<Record<string, { readonly value: number; readonly unit: FigureUnit }>>;
