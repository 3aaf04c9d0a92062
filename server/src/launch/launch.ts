import type { Given, LaunchNote } from '../engines/launch.ts';
import type { Location } from '../language/span.ts';
import type { EngineName } from '../language/vocabulary/engine.ts';
import type { PoolRole } from '../plan/deployment.ts';

/** What a file launches, in the words of its engines. */
export interface Launch {
  /** How its author calls it; undefined where the file's name has to do. */
  readonly title?: string;
  /** Groups of equal workers, in the order in which tokens flow through them. At least one. */
  readonly workers: readonly Worker[];
  readonly machines?: Machines;
  readonly load?: Load;
  readonly notes: readonly LaunchNote[];
}

/** Equal workers: each is one instance of an engine. */
export interface Worker {
  readonly engine: EngineName;
  /** The release, where the launch names it: `0.22.0`. */
  readonly version?: string;
  readonly role: PoolRole;
  /** How the launch calls the group, where it has a name. */
  readonly name?: string;
  readonly given: readonly Given[];
  readonly environment: ReadonlyMap<string, Given>;
  /** Names of the model beside those among the arguments, the likeliest first. */
  readonly models: readonly Given[];
  /** What the launch calls the precision of its weights: `fp4`. */
  readonly precision?: Given;
  /** Instances that the launch's machines say. */
  readonly count: number;
  /** GPUs that the launch's machines say for each instance. */
  readonly gpus?: number;
  /** Machines on which the group stands alone. */
  readonly nodes?: number;
  readonly place: Location;
  /** From the first to the last word of a command. */
  readonly extent?: Location;
}

export interface Machines {
  /** The GPU as the launch calls it: `gb200`. */
  readonly gpu?: Given;
  readonly gpusPerNode?: number;
}

/** What is asked of the deployment. Lengths in tokens. */
export interface Load {
  readonly input?: Given;
  readonly output?: Given;
  /** Requests in flight, ascending. Several are points of one benchmark. */
  readonly concurrencies: readonly number[];
  readonly concurrencyPlace?: Location;
  readonly requestsPerSecond?: Given;
  /** Lengths are drawn evenly from this share of the nominal one up to it. */
  readonly lengthRatio?: Given;
  /** Requests for each of those in flight. */
  readonly requestsPerConcurrency?: number;
}

export interface LaunchFile {
  readonly uri: string;
  readonly text: string;
}

/** Where a stretch of a script or of another text stands in a file. */
export type Locate = (start: number, end: number) => Location;

/** A file that a launch names. One that is written in another file, as a here-document is, says where its parts stand there. */
export interface FileBeside extends LaunchFile {
  readonly locate?: Locate;
}

/** Reads a file that a launch names. Undefined where it is not there. */
export type ReadBeside = (path: string) => FileBeside | undefined;

/**
 * A form in which launches are written. It answers with several launches where one file describes several (the points of a
 * sweep), and with none where the file is of another form.
 */
export interface LaunchForm {
  readonly name: string;
  readonly read: (file: LaunchFile, beside: ReadBeside) => readonly Launch[];
}
