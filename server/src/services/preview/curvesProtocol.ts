import type { FigureUnit } from '../../cost/figures/figure.ts';

/** Curves of the preview: figures of deployments over one of their values. */

/** A value over which curves can be drawn. */
export interface CurveAxis {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
}

/** A figure that is drawn, with what the plan claims of it. */
export interface CurveMeasure {
  readonly name: string;
  readonly label: string;
  readonly unit: FigureUnit;
  /** Claims of the deployments: `claim <= 50 ms`. */
  readonly goals: readonly { readonly value: number; readonly text: string }[];
}

export interface CurvePoint {
  readonly x: number;
  /** One per measure; null where it has no value. Empty when nothing can be computed. */
  readonly values: readonly (number | null)[];
  /** The same as text. */
  readonly texts: readonly string[];
  /** Whether every GPU holds what it is given. */
  readonly fits: boolean;
  /** Why nothing can be computed. */
  readonly invalid?: string;
}

export interface Curve {
  readonly name: string;
  /** Ascending. */
  readonly points: readonly CurvePoint[];
  /** The place of the deployment's own value among the points. Absent where the deployment has no such value. */
  readonly present?: number;
  /**
   * The band of each measure as factors of its value: that of the prediction at the deployment's own values, of which no error is
   * known elsewhere. Null where it has none.
   */
  readonly bands?: readonly (readonly [low: number, high: number] | null)[];
  /** Over concurrency: the value beyond which requests wait for cache. */
  readonly most?: { readonly x: number; readonly text: string };
  /** Why there are no points. */
  readonly invalid?: string;
}

export interface CurvesAnswer {
  readonly axes: readonly CurveAxis[];
  /** The name of the axis that was drawn. */
  readonly over: string;
  readonly measures: readonly CurveMeasure[];
  /** One per subject, in their order. */
  readonly curves: readonly Curve[];
}
