/** The parameters of a tool: a plan of the workspace, and deployments if the tool takes their names. */
export interface ToolInput {
  /** A path from the folder of the workspace, with `/`. */
  readonly path: string;
  readonly deployments?: readonly string[];
}

/** Reads what a language model has written, which nothing else has checked. */
export function readInput(input: unknown): ToolInput {
  if (typeof input !== 'object' || input === null || !('path' in input) || typeof input.path !== 'string') {
    throw new Error('`path` is missing: the .moeplan file, as a path from the folder of the workspace.');
  }
  const { path } = input;
  if (!path.endsWith('.moeplan') || path.startsWith('/') || path.split(/[\\/]/).includes('..') || /^\w+:/.test(path)) {
    throw new Error(`\`${path}\` is no path of a .moeplan file below the folder of the workspace.`);
  }
  const givenNames = 'deployments' in input && Array.isArray(input.deployments) ? input.deployments : undefined;
  return {
    path,
    ...(givenNames && givenNames.length > 0 && { deployments: givenNames.filter((name) => typeof name === 'string') }),
  };
}
