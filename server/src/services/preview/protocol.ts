import type { Figure } from '../../cost/figures/figure.ts';
import type { FilledPart } from '../../graph/memorySegments.ts';
import type { Box, NodeKind, SceneEdge, SceneGroup, Validation } from '../../graph/types.ts';
import type { PreviewTimeline } from './timelineProtocol.ts';
import type { PreviewTime } from './timeProtocol.ts';
import type { PreviewTraffic } from './trafficProtocol.ts';
import type { PreviewView } from './views.ts';
import type { ChangedRow } from './whatIfProtocol.ts';

/**
 * The data of the preview. The server makes a `PreviewModel` and leaves out what the page already has (`SentModel`). The
 * extension forwards it, and the page puts it together and redraws a picture only when one of its digests has changed. The
 * messages themselves, which both sides validate, are in `messages.ts`.
 */

/** A node's facts without its position. */
export interface PreviewNode {
  readonly id: string;
  readonly label: string;
  readonly kind: NodeKind;
  readonly gpus: readonly number[];
  readonly copies: number;
  readonly pool?: string;
  readonly stage?: string;
  readonly layers: readonly number[];
  readonly experts: readonly number[];
  /** Formatted text: `[batch=128, seq=10000, hidden=4096]`. */
  readonly input: string;
  readonly output: string;
  readonly lines: readonly string[];
  /** Formatted text of FLOP, bytes, time and bound, for the details pane. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly heat: Readonly<Record<Heat, number>>;
  readonly critical: boolean;
  /** Of a GPU: parts of what it holds, from the bottom of its cell up, as shares of what it can hold. */
  readonly filled?: readonly FilledPart[];
  /** Set for a closed group: the id under which it is opened. */
  readonly opens?: string;
}

/** What heat shows, from 0 to 1: time and bytes as shares of the most, memory as the share in use on its fullest GPU. */
export type Heat = 'time' | 'bytes' | 'memory';

export interface PreviewTopology {
  readonly digest: string;
  readonly nodes: readonly PreviewNode[];
  readonly edges: readonly Omit<SceneEdge, 'points'>[];
  readonly groups: readonly Omit<SceneGroup, keyof Box>[];
}

export interface PreviewPositions {
  readonly digest: string;
  readonly width: number;
  readonly height: number;
  /** x, y, width and height of each node of the topology, in order. */
  readonly nodes: readonly number[];
  /** x, y, width and height of each group. */
  readonly groups: readonly number[];
  /** A polyline per edge. */
  readonly edges: readonly (readonly number[])[];
}

export interface MemorySegment {
  readonly name:
    | 'weights'
    | 'experts'
    | 'kv'
    | 'activations'
    | 'gradients'
    | 'optimizer'
    | 'buffers'
    | 'reserve'
    | 'free'
    | 'over';
  readonly label: string;
  readonly bytes: number;
  readonly text: string;
}

/** One stacked bar: GPUs with equal memory. */
export interface MemoryBar {
  /** `GPUs 0..7 (x8), stage front`: joins the next two. */
  readonly label: string;
  readonly name: string;
  /** Pool and stage, when there are several. */
  readonly place: string;
  readonly gpus: readonly number[];
  readonly capacityBytes: number;
  readonly capacityText: string;
  readonly totalText: string;
  readonly fits: boolean;
  /** Band of the bytes in use, when a part of them is predicted and not counted. */
  readonly band?: { readonly low: number; readonly high: number; readonly text: string };
  /** Formatted text of the weights that the GPUs hold, except for routed experts, by what they belong to. */
  readonly weights: readonly (readonly [name: string, text: string])[];
  readonly segments: readonly MemorySegment[];
  /** The id, in `sources`, of the place in the source that a click selects. */
  readonly source?: string;
}

export interface ComparisonRow {
  readonly label: string;
  readonly unit: string;
  /** One cell per deployment. */
  readonly cells: readonly ComparisonCell[];
  readonly differs: boolean;
}

export interface ComparisonCell {
  readonly text: string;
  readonly tooltip?: string;
  readonly best: boolean;
  /** Share of the largest value in the row, when the row differs. */
  readonly share?: number;
  /** Change from the first deployment, when it differs: `+12.5 %`. */
  readonly change?: Pick<ChangedRow, 'change' | 'verdict'>;
}

/** A value that differs between deployments. */
export interface ComparedValue {
  /** `parallel`, `workload chat`, `pool decode, engine`. */
  readonly where: string;
  readonly name: string;
  /** One per deployment; absent in those that have no such value. */
  readonly texts: readonly (string | null)[];
}

export interface Comparison {
  readonly deployments: readonly string[];
  /** Why each of them does not run, in order: `does not fit`; empty for one that does. */
  readonly cannotRun: readonly string[];
  /** What their texts say differently. */
  readonly values: readonly ComparedValue[];
  /** A sentence that says which deployment is best, and by how much. Absent when there is nothing to compare. */
  readonly verdict?: string;
  readonly rows: readonly ComparisonRow[];
  /** What the file's `compare` statements claim of two deployments. */
  readonly claims: readonly (PreviewClaim & { readonly subject: string })[];
}

/** A figure of the headline. */
export interface PreviewFigure {
  readonly label: string;
  /** How the field calls it: `TTFT`. */
  readonly short?: string;
  readonly text: string;
  /** What belongs to it: tokens in all beside those per GPU, degrees beside the number of GPUs. */
  readonly details?: readonly string[];
  /** The view that explains it. */
  readonly view: PreviewView;
  /** Of a bar: how much of it is filled, more than 1 where it is too little. */
  readonly filled?: number;
  /** `667,929 to 761,370 tokens/s`, when the figure is a prediction with a band. */
  readonly band?: string;
  /** How the figure was derived: formula, source, inputs. */
  readonly tooltip: string;
  readonly figure: Figure;
}

export interface PreviewClaim {
  readonly name: string;
  readonly claimed: string;
  readonly computed: string;
  readonly holds: boolean;
}

/** A graph as it is drawn. */
export interface PreviewPicture {
  readonly topology: PreviewTopology;
  readonly positions: PreviewPositions;
}

/** Which groups of the folded picture a reader has opened and closed, by the ids of groups and their switches. */
export interface Folds {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** What the server answers to `Folds`. */
export type FoldedPicture = { readonly picture: PreviewPicture } | { readonly refused: string };

/** Everything about one deployment. Its own picture is the detailed one. */
export interface PreviewDeployment extends PreviewPicture {
  readonly name: string;
  readonly summary: readonly PreviewFigure[];
  readonly fits: boolean;
  /** The picture with equal GPUs, layers and experts once each, when the detailed picture shows more. */
  readonly overview?: PreviewPicture;
  readonly time: PreviewTime;
  readonly memory: readonly MemoryBar[];
  /** One per step of each pool. */
  readonly timelines: readonly PreviewTimeline[];
  readonly traffic: readonly PreviewTraffic[];
  readonly validations: readonly Validation[];
  readonly claims: readonly PreviewClaim[];
}

export interface PreviewModel {
  readonly uri: string;
  readonly version: number;
  /** Names of all deployments of the file, in order. Those with a picture are in `deployments`. */
  readonly names: readonly string[];
  readonly deployments: readonly PreviewDeployment[];
  readonly comparison?: Comparison;
  /** The reason why the last good picture should stay, greyed, when the text is broken. */
  readonly stale?: string;
}

/** Replaces a part that the page already has. */
export interface Reference {
  readonly digest: string;
  readonly known: true;
}

/** A list of things with ids, as changes to the list before. */
export interface ListPatch<Item> {
  /** The ids of the new list in order. Absent when they equal those of the list before. */
  readonly order?: readonly string[];
  /** Items that are new or differ. */
  readonly changed: readonly Item[];
}

/** A topology as changes to one that the page has. */
export interface TopologyPatch {
  readonly digest: string;
  /** Digest of the topology to change. */
  readonly base: string;
  readonly nodes: ListPatch<PreviewNode>;
  readonly edges: ListPatch<PreviewTopology['edges'][number]>;
  readonly groups: ListPatch<PreviewTopology['groups'][number]>;
}

/** A picture as sent: topology and positions separately, each only when the page does not have it. */
export interface SentPicture {
  readonly topology: PreviewTopology | TopologyPatch | Reference;
  readonly positions: PreviewPositions | Reference;
}

export interface SentDeployment extends Omit<PreviewDeployment, keyof PreviewPicture | 'overview'>, SentPicture {
  readonly overview?: SentPicture;
}

export interface SentModel extends Omit<PreviewModel, 'deployments'> {
  readonly deployments: readonly SentDeployment[];
}

/** The picture with some groups opened, or why it is not drawn. */
export type SentFoldedPicture = { readonly picture: SentPicture } | { readonly refused: string };
