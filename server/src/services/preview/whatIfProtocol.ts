/** The contents of the What-if view: a deployment beside itself with some values changed. */

/** A figure before and after a change. */
export interface ChangedRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** `+12.5 %`; empty when nothing changed or there is nothing to compare with. */
  readonly change: string;
  /** The change as a number: 0.125. Absent when `change` is empty. */
  readonly amount?: number;
  /** `changed` when neither direction is better. */
  readonly verdict: 'better' | 'worse' | 'changed' | 'same';
  readonly tooltip?: string;
}

/** A value of the deployment that can be tried, with the positions of its slider. */
export interface WhatIfKnob {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly written: number;
  readonly value: number;
  readonly isWhole: boolean;
  /** Ascending, including the written value. A single position means that the value cannot be changed. */
  readonly steps: readonly number[];
  /** Why it cannot be changed here. */
  readonly note?: string;
}

/** A value of the deployment that is one of several words. */
export interface WhatIfOption {
  readonly name: string;
  readonly label: string;
  /** The pools that it concerns, where the deployment has several. Empty when it concerns all. */
  readonly group: string;
  readonly written: string;
  readonly value: string;
  readonly choices: readonly string[];
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
  readonly options: readonly WhatIfOption[];
  /** The deployment as written. Absent when it cannot be computed. */
  readonly before?: WhatIfState;
  /** Absent, like `rows`, when `invalid` says why nothing can be computed of the changed deployment. */
  readonly after?: WhatIfState;
  readonly rows?: readonly ChangedRow[];
  /** Findings about the changed deployment that the written one does not have. */
  readonly findings?: readonly { readonly severity: string; readonly rule: string; readonly message: string }[];
  readonly invalid?: string;
  /** What writing the changes into the plan would do, or why they cannot be written. Absent when nothing is changed. */
  readonly writes?: { readonly lines: readonly string[] } | { readonly refused: string };
}
