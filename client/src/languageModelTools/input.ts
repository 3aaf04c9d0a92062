/** What a tool is asked: a plan of the workspace, and deployments where the tool takes names. */
export interface ToolInput {
  /** From the folder of the workspace, with `/`. */
  readonly path: string;
  readonly deployments?: readonly string[];
}

/** Reads what a language model has written, which nothing has checked. */
export function readInput(input: unknown): ToolInput {
  if (typeof input !== 'object' || input === null || !('path' in input) || typeof input.path !== 'string') {
    throw new Error('`path` is missing: the .moeplan file, as a path from the folder of the workspace.');
  }
  const { path } = input;
  if (!path.endsWith('.moeplan') || path.startsWith('/') || path.split(/[\\/]/).includes('..') || /^\w+:/.test(path)) {
    throw new Error(`\`${path}\` is no path of a .moeplan file below the folder of the workspace.`);
  }
  const named = 'deployments' in input && Array.isArray(input.deployments) ? input.deployments : undefined;
  return {
    path,
    ...(named && named.length > 0 && { deployments: named.filter((name) => typeof name === 'string') }),
  };
}
