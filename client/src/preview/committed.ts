import type { Uri } from 'vscode';

/** Files that a plan can read. */
const READ_BY_PLANS = /\.(moeplan|json|csv)$/;
/** More changed files than this are not asked for one by one. */
const MOST_FILES = 200;

export type Committed =
  /** Texts of the last commit, nothing for a file that it does not have. Files that are not named are as committed. */
  { readonly files: readonly (readonly [uri: Uri, text: string | undefined])[] } | { readonly unavailable: string };

/**
 * The texts of the last commit of all files that a plan can read and that are not as committed: the plan itself, what it
 * imports, files that were deleted since. They come from the editor's own Git extension, through its public interface
 * (`getAPI(1)`); nothing is run from here.
 */
export async function committedTexts(
  git: { readonly isActive: boolean; readonly exports: unknown; activate(): Thenable<unknown> } | undefined,
  plan: Uri,
  unsaved: readonly Uri[],
): Promise<Committed> {
  if (!git) return { unavailable: 'This editor has no Git (as in a browser): the last commit cannot be read here.' };
  const exported = git.isActive ? git.exports : await git.activate();
  if (fieldOf(exported, 'enabled') !== true)
    return {
      unavailable: 'Git is switched off in this editor (`git.enabled`), or not found: the last commit cannot be read.',
    };
  const api = call(exported, 'getAPI', 1);
  if (fieldOf(api, 'state') !== 'initialized')
    return { unavailable: 'Git is still reading the folder. Compare again in a moment.' };
  const repository = call(api, 'getRepository', plan);
  if (typeof repository !== 'object' || repository === null)
    return { unavailable: 'This file is in no Git repository that the editor has open.' };
  const root = uriOf(fieldOf(repository, 'rootUri'));
  const changed = [plan, ...unsaved, ...changedFiles(repository)].filter(
    (uri) => uri === plan || (READ_BY_PLANS.test(uri.path) && root !== undefined && isBelow(uri, root)),
  );
  const files = [...new Map(changed.map((uri) => [uri.toString(), uri])).values()];
  if (files.length > MOST_FILES)
    return { unavailable: `${files.length} files have changed since the last commit: too many to compare with.` };
  return {
    files: await Promise.all(files.map(async (uri) => [uri, await committedText(repository, uri)] as const)),
  };
}

/** Nothing for a file that the commit does not have. */
async function committedText(repository: object, uri: Uri): Promise<string | undefined> {
  try {
    const text: unknown = await call(repository, 'show', 'HEAD', uri.fsPath);
    return typeof text === 'string' ? text : undefined;
  } catch {
    // The extension tells a missing file from no commit at all by its message only.
    return undefined;
  }
}

/** Files changed in the working tree or the index; a renamed one by both its names. */
function changedFiles(repository: object): readonly Uri[] {
  const state = fieldOf(repository, 'state');
  return ['workingTreeChanges', 'indexChanges', 'mergeChanges', 'untrackedChanges'].flatMap((name) => {
    const changes = fieldOf(state, name);
    if (!Array.isArray(changes)) return [];
    return changes.flatMap((change: unknown) =>
      ['uri', 'originalUri', 'renameUri'].flatMap((key) => uriOf(fieldOf(change, key)) ?? []),
    );
  });
}

function isBelow(uri: Uri, root: Uri): boolean {
  return uri.scheme === root.scheme && uri.path.startsWith(`${root.path.replace(/\/$/, '')}/`);
}

/** What comes from another extension is looked at before it is believed. */
function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function call(target: unknown, method: string, ...parameters: readonly unknown[]): unknown {
  const found = fieldOf(target, method);
  return typeof found === 'function' ? Reflect.apply(found, target, parameters) : undefined;
}

function uriOf(value: unknown): Uri | undefined {
  return isUri(value) ? value : undefined;
}

function isUri(value: unknown): value is Uri {
  return ['scheme', 'path', 'fsPath'].every((name) => typeof fieldOf(value, name) === 'string');
}
