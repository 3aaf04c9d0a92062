/** Units of figures. Bytes, FLOP and seconds inside; conversion to GiB, ms or TFLOP/s happens only where text is made. */
export type FigureUnit =
  | 'bytes'
  | 'FLOP'
  | 'seconds'
  | 'tokens/s'
  | 'requests/s'
  | 'fraction'
  | 'ratio'
  | 'parameters'
  | 'tokens'
  | 'count'
  | 'price/h';

/**
 * The one type of every number shown to a user. Hover, preview, report and command line all format this value, so
 * that they can never disagree.
 */
export interface Figure {
  readonly value: number;
  readonly unit: FigureUnit;
  /** Name of the formula as documented in docs/cost-model.md. */
  readonly formula: string;
  /** Where the formula or its constants come from. `exact` for arithmetic on what the text says. */
  readonly source: string;
  /** The band from the residuals of its parts; absent for exact figures. */
  readonly band?: { readonly low: number; readonly high: number };
  /** The inputs by the words of the formula, for "how was this derived". */
  readonly inputs?: FigureInputs;
}

export type FigureInputs = Readonly<Record<string, { readonly value: number; readonly unit: FigureUnit }>>;
