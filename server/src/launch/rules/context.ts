import type { LaunchNote } from '../../engines/launch.ts';

/** What rules about launch files see. */
export interface LaunchContext {
  readonly notes: readonly LaunchNote[];
}
