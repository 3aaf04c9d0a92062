import type { Figure } from '../../cost/figures/figure.ts';
import type { Box, NodeKind, SceneEdge, SceneGroup, Validation } from '../../graph/types.ts';
import type { PreviewTimeline } from './timelineProtocol.ts';
import type { PreviewTraffic } from './trafficProtocol.ts';
import type { ChangedRow } from './whatIfProtocol.ts';

/**
 * What the preview is told and what it answers. The server makes a `PreviewModel` and leaves out what the page has
 * already (`SentModel`), the extension forwards it, and the page puts it together and redraws a picture only when one of
 * its digests has changed. The messages themselves, which both sides validate, are in `messages.ts`.
 */

/** A node's facts, without its place. */
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
  /** Ready-made text: `[batch=128, seq=10000, hidden=4096]`. */
  readonly input: string;
  readonly output: string;
  readonly lines: readonly string[];
  /** Ready-made text of FLOP, bytes, time and bound, for the details pane. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly heat: Readonly<Record<Heat, number>>;
  readonly critical: boolean;
  /** A closed group: the id under which it is opened. */
  readonly opens?: string;
}

/** What heat shows, from 0 to 1: time and bytes as shares of the most, memory as the fullest of its GPUs is filled. */
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
  /** x, y, width, height of each node of the topology, in its order. */
  readonly nodes: readonly number[];
  /** The same of each group. */
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
  /** `GPUs 0..7 (x8), stage front`: the two that follow. */
  readonly label: string;
  readonly name: string;
  /** Pool and stage, where there are several. */
  readonly place: string;
  readonly gpus: readonly number[];
  readonly capacityBytes: number;
  readonly capacityText: string;
  readonly totalText: string;
  readonly fits: boolean;
  /** Of the bytes in use, where a part of them is predicted and not counted. */
  readonly band?: { readonly low: number; readonly high: number; readonly text: string };
  /** Weights that are not routed experts, by what they belong to: ready-made text of those that the GPUs hold. */
  readonly weights: readonly (readonly [name: string, text: string])[];
  readonly segments: readonly MemorySegment[];
  /** The place in the source to select on click, by id in `sources`. */
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
  /** Of the largest value in the row, where the row differs. */
  readonly share?: number;
  /** From the first deployment, where it differs from that: `+12.5 %`. */
  readonly change?: Pick<ChangedRow, 'change' | 'verdict'>;
}

export interface Comparison {
  readonly deployments: readonly string[];
  /** Which is best, and by how much, in a sentence; absent where there is nothing to compare. */
  readonly verdict?: string;
  readonly rows: readonly ComparisonRow[];
  /** What the file's `compare` statements claim of two deployments. */
  readonly claims: readonly (PreviewClaim & { readonly subject: string })[];
}

export interface PreviewFigure {
  readonly label: string;
  readonly text: string;
  /** `667,929 to 761,370 tokens/s`, where the figure is a prediction with a band. */
  readonly band?: string;
  /** How it came about: formula, source, inputs. */
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

/** What a reader has opened and closed of the folded picture, by the ids of groups and their switches. */
export interface Folds {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** What the server answers to `Folds`. */
export type FoldedPicture = { readonly picture: PreviewPicture } | { readonly refused: string };

/** Everything of one deployment. Its own picture is the detailed one. */
export interface PreviewDeployment extends PreviewPicture {
  readonly name: string;
  readonly summary: readonly PreviewFigure[];
  readonly fits: boolean;
  /** Equal GPUs, layers and experts once each, where the detailed picture shows more. */
  readonly overview?: PreviewPicture;
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
  /** Names of all deployments of the file, in its order; those with a picture are in `deployments`. */
  readonly names: readonly string[];
  readonly deployments: readonly PreviewDeployment[];
  readonly comparison?: Comparison;
  /** The reason when the text is broken and the last good picture should stay, greyed. */
  readonly stale?: string;
}

/** In place of what the page has already. */
export interface Reference {
  readonly digest: string;
  readonly known: true;
}

/** A list of things with ids, as changes of the list before. */
export interface ListPatch<Item> {
  /** The ids of the new list in its order; absent where they are those of the list before. */
  readonly order?: readonly string[];
  /** Items that are new or differ. */
  readonly changed: readonly Item[];
}

/** A topology as changes of one that the page has. */
export interface TopologyPatch {
  readonly digest: string;
  /** Digest of the topology that is changed. */
  readonly base: string;
  readonly nodes: ListPatch<PreviewNode>;
  readonly edges: ListPatch<PreviewTopology['edges'][number]>;
  readonly groups: ListPatch<PreviewTopology['groups'][number]>;
}

/** A picture as it travels: topology and positions apart, each only where the page has not got it. */
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
