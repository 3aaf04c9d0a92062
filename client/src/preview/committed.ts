import type { Uri } from 'vscode';

/** Files that a plan can read. */
const READ_BY_PLANS = /\.(moeplan|json|csv)$/;
/** With more changed files than this, nothing is compared, because each one is a request. */
const MOST_FILES = 200;

export type Committed =
  /** Texts of the last commit; undefined stands for a file that it does not have. Files that are not named are unchanged. */
  { readonly files: readonly (readonly [uri: Uri, text: string | undefined])[] } | { readonly unavailable: string };

/**
 * The texts of the last commit of all files that a plan can read and that have changed since: the plan itself, what it imports,
 * deleted files. They come from the editor's own Git extension, through its public interface (`getAPI(1)`). Nothing is run from
 * here.
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

/** The text of a file in the last commit; undefined if the commit does not have the file. */
async function committedText(repository: object, uri: Uri): Promise<string | undefined> {
  try {
    const text: unknown = await call(repository, 'show', 'HEAD', uri.fsPath);
    return typeof text === 'string' ? text : undefined;
  } catch {
    // The extension's errors differ only in their message, so a missing file cannot be told from a missing commit.
    return undefined;
  }
}

/** Files changed in the working tree or the index. A renamed file is listed under both names. */
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

/** Reads a field of a value from another extension, which may have any form. */
function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function call(target: unknown, method: string, ...parameters: readonly unknown[]): unknown {
  const callee = fieldOf(target, method);
  return typeof callee === 'function' ? Reflect.apply(callee, target, parameters) : undefined;
}

function uriOf(value: unknown): Uri | undefined {
  return isUri(value) ? value : undefined;
}

function isUri(value: unknown): value is Uri {
  return ['scheme', 'path', 'fsPath'].every((name) => typeof fieldOf(value, name) === 'string');
}
