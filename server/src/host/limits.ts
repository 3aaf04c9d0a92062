/** What is left out where files are looked for below folders of a workspace. */
export interface Limits {
  /** More files than this are not looked at unless they are opened. */
  readonly mostFiles: number;
  /** Folders looked into before giving up: a workspace may be a whole disk. */
  readonly mostFolders: number;
  /** Names of folders in which nobody keeps plans of their own; one that ends with `*` stands for all that begin so. */
  readonly skipped: readonly string[];
}

/** Of the machine that the server runs on. */
export const OWN_LIMITS: Limits = {
  mostFiles: 2_000,
  mostFolders: 20_000,
  skipped: ['.*', 'node_modules', 'out', 'dist', 'build', '__pycache__'],
};

/** Of what only the editor can list. Each folder may be a question to a server far away. */
export const EDITOR_LIMITS: Limits = { ...OWN_LIMITS, mostFolders: 1_000 };

export function isSkipped(name: string, skipped: readonly string[]): boolean {
  return skipped.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each));
}

/** The sentence about what lies beyond a limit. */
export function tooMany(what: 'files' | 'folders', most: number, below: readonly string[]): string {
  const looked = what === 'files' ? 'looked at' : 'looked into';
  return `more than ${most} ${what} lie below ${below.join(', ')}, and the rest was not ${looked}`;
}
