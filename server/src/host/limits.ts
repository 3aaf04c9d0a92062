/** What is left out of a search for files below the folders of a workspace. */
export interface Limits {
  /** More files than this are not analysed unless they are opened. */
  readonly mostFiles: number;
  /** How many folders are searched before giving up, because a workspace may be a whole disk. */
  readonly mostFolders: number;
  /** Names of folders in which nobody keeps plans. A name that ends with `*` stands for all names that begin with it. */
  readonly skipped: readonly string[];
}

/** The limits for files of the machine that the server runs on. */
export const OWN_LIMITS: Limits = {
  mostFiles: 2_000,
  mostFolders: 20_000,
  skipped: ['.*', 'node_modules', 'out', 'dist', 'build', '__pycache__'],
};

/** The limits for files that only the editor can list. Each folder may cost a request to a server far away. */
export const EDITOR_LIMITS: Limits = { ...OWN_LIMITS, mostFolders: 1_000 };

export function isSkipped(name: string, skipped: readonly string[]): boolean {
  return skipped.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/** The sentence about what lies beyond a limit. */
export function tooMany(what: 'files' | 'folders', most: number, below: readonly string[]): string {
  const looked = what === 'files' ? 'looked at' : 'looked into';
  return `more than ${most} ${what} lie below ${below.join(', ')}, and the rest was not ${looked}`;
}
