/** What the What-if view is told: a deployment beside itself with some values changed. */

/** A figure before and after a change. */
export interface ChangedRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** `+12.5 %`; empty where nothing changed or there is nothing to compare with. */
  readonly change: string;
  /** The same as a number: 0.125; absent where `change` is empty. */
  readonly amount?: number;
  /** `changed` where neither direction is better. */
  readonly verdict: 'better' | 'worse' | 'changed' | 'same';
  readonly tooltip?: string;
}

/** A value of the deployment that can be tried, with the places of its slider. */
export interface WhatIfKnob {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly written: number;
  readonly value: number;
  readonly isWhole: boolean;
  /** Ascending; what is written is among them. One place alone means that it cannot be changed. */
  readonly steps: readonly number[];
  /** Why it cannot be changed here. */
  readonly note?: string;
}

/** Memory of the fullest GPU and what limits a step. */
export interface WhatIfState {
  readonly limit: string;
  readonly fits: boolean;
  readonly memory: string;
  readonly memoryBytes: number;
  readonly capacityBytes: number;
}

/** A deployment beside itself with some values changed. */
export interface WhatIfAnswer {
  readonly deployment: string;
  readonly knobs: readonly WhatIfKnob[];
  /** As written; absent where that cannot be computed. */
  readonly before?: WhatIfState;
  /** Absent, with `rows`, where `invalid` says why nothing can be computed of the changed one. */
  readonly after?: WhatIfState;
  readonly rows?: readonly ChangedRow[];
  /** What the checker would say of it and does not say of the deployment as written. */
  readonly findings?: readonly { readonly severity: string; readonly rule: string; readonly message: string }[];
  readonly invalid?: string;
  /** What writing it into the plan would do, or why it cannot be written; absent where nothing is changed. */
  readonly writes?: { readonly lines: readonly string[] } | { readonly refused: string };
}
