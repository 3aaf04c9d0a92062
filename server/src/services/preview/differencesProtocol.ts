import type { Box, NodeKind, SceneEdge, SceneGroup } from '../../graph/types.ts';
import type { ChangedRow } from './whatIfProtocol.ts';

/** The contents of the Differences view: two deployments, or two texts of one, in one picture and in tables. */

export type Mark = 'added' | 'removed' | 'changed' | 'same';

export interface MarkedNode extends Box {
  readonly id: string;
  readonly label: string;
  readonly kind: NodeKind;
  readonly lines: readonly string[];
  readonly mark: Mark;
  /** What changed, as text: `Time per run 1.2 ms → 2.4 ms`. */
  readonly changes: readonly string[];
  /** Its stage and layers. */
  readonly place: string;
}

export interface MarkedEdge extends Pick<SceneEdge, 'from' | 'to' | 'kind' | 'points'> {
  readonly mark: Exclude<Mark, 'changed'>;
}

/** Both graphs in one picture, or the part of them that differs. */
export interface MarkedPicture {
  /** Nodes that are the same in both, drawn or not. */
  readonly same: number;
  readonly width: number;
  readonly height: number;
  readonly groups: readonly SceneGroup[];
  readonly nodes: readonly MarkedNode[];
  readonly edges: readonly MarkedEdge[];
}

/** A value that the text states, or that follows from it, and that differs between the sides. */
export interface ChangedProperty {
  /** `parallel`, `workload chat`, `pool decode, engine`. */
  readonly where: string;
  readonly name: string;
  /** Absent on the side that has no such value. */
  readonly before?: string;
  readonly after?: string;
}

/** Routed experts that lie on other GPUs. */
export interface MovedExperts {
  readonly pool: string;
  readonly layers: string;
  readonly experts: string;
  readonly before: string;
  readonly after: string;
}

export interface Differences {
  readonly before: string;
  readonly after: string;
  readonly picture: MarkedPicture;
  readonly properties: readonly ChangedProperty[];
  readonly figures: readonly ChangedRow[];
  /** Parts of the memory of the fullest GPU. */
  readonly memory: readonly ChangedRow[];
  readonly experts: {
    readonly moved: readonly MovedExperts[];
    /** Rows left out of `moved`. */
    readonly more: number;
    /** Number of experts (each counted once per layer) that lie on other GPUs than before, and of all experts. */
    readonly count: number;
    readonly of: number;
  };
  readonly limits: { readonly before: string; readonly after: string };
}

/** What the view compares with: another deployment of the file, the file in a commit, or another file. */
export type DifferencesAnswer =
  | { readonly differences: Differences; readonly notes: readonly string[] }
  | { readonly unavailable: string };
