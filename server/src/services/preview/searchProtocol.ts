import type { FigureUnit } from '../../cost/figures/figure.ts';
import type { ChangedProperty } from './differencesProtocol.ts';
import type { ChangedRow } from './whatIfProtocol.ts';

/** The contents of the Search view: the best of many plans that start from one deployment. */

/** A figure by which plans are compared. */
export interface SearchMetric {
  readonly name: string;
  readonly label: string;
  readonly unit: FigureUnit;
  readonly better: 'more' | 'less';
}

/** A plan, with its figures in the order of the metrics. */
export interface SearchPlan {
  /** What is chosen in it, by which it is asked for: `0.tp=8 concurrency=64`. */
  readonly key: string;
  /** The same in words. */
  readonly words: string;
  /** In base units; null where it has none. */
  readonly values: readonly (number | null)[];
  readonly texts: readonly string[];
}

export interface RankedPlan extends SearchPlan {
  /** The band of the objective. Empty where it has none, or is not worked out yet. */
  readonly band: string;
  /** The objective over that of the present plan, and its band. */
  readonly over: string;
  readonly overBand: string;
  /** Whether it cannot be told from the first. */
  readonly isTied: boolean;
  readonly isUnmeasured: boolean;
  /** Plans with the same figures and degrees, whose other settings change nothing. */
  readonly alike: number;
}

/** Plans that fell for one reason. */
export interface FallenPlans {
  readonly count: string;
  /** Behind the count: `do not fit into memory`. */
  readonly reason: string;
  readonly message: string;
  readonly example: string;
}

export interface SearchedAxis {
  readonly axis: string;
  /** The best first. */
  readonly values: readonly {
    readonly value: string;
    /** By which the search is narrowed to it: `0.tp=8`. */
    readonly key: string;
    /** How the best plan with it stands: `12 % behind`. */
    readonly text: string;
    /** Share of the best plan's objective, from 0 to 1. */
    readonly share: number;
  }[];
}

/** What a search has come to so far. */
export interface SearchResult {
  /** How much of the space is decided, from 0 to 1; missing when all of it is. */
  readonly progress?: number;
  /** How the space was decided, in a sentence. */
  readonly decided: string;
  /** What is to be known of the order of the plans. */
  readonly notes: readonly string[];
  /** Why there is no plan. */
  readonly none?: string;
  readonly metrics: readonly SearchMetric[];
  /** Their places among the metrics. */
  readonly objective: number;
  readonly against: number;
  readonly plans: readonly RankedPlan[];
  /** Ascending in the merit of the second metric. */
  readonly front: readonly SearchPlan[];
  /** The present plan; absent where it cannot be computed. */
  readonly base?: Pick<SearchPlan, 'values' | 'texts'>;
  readonly fallen: readonly FallenPlans[];
  readonly axes: readonly SearchedAxis[];
}

export interface SearchAnswer {
  readonly deployment: string;
  /** The `search` blocks of which it is the base, by name. */
  readonly searches: readonly string[];
  /** The one that is shown; empty for the usual search. */
  readonly search: string;
  /** What is asked and tried, in sentences. */
  readonly asks: readonly string[];
  /** To which values it is narrowed. */
  readonly narrow: readonly { readonly key: string; readonly text: string }[];
  /** Why it cannot be run. */
  readonly faults: readonly string[];
  readonly result?: SearchResult;
}

/** One found plan beside the present one. */
export type FoundPlanAnswer =
  | { readonly unavailable: string }
  | {
      readonly key: string;
      readonly words: string;
      readonly rows: readonly ChangedRow[];
      readonly properties: readonly ChangedProperty[];
      readonly limits: { readonly before: string; readonly after: string };
      /** The blocks that would be written. */
      readonly text: string;
    };
