import type { Uri } from 'vscode';

/** Files that a plan can read. */
const READ_BY_PLANS = /\.(moeplan|json|csv)$/;
/** With more changed files than this, nothing is compared, because each one is a request. */
const MOST_FILES = 200;

export type Committed =
  /** Texts of the last commit; undefined stands for a file that it does not have. Files that are not named are unchanged. */
  { readonly files: readonly (readonly [uri: Uri, text: string | undefined])[] } | { readonly unavailable: string };

/** The editor's Git extension, as it is activated. */
export type GitExtension =
  | { readonly isActive: boolean; readonly exports: unknown; activate(): Thenable<unknown> }
  | undefined;

const HEAD = 'HEAD';

/**
 * The texts in a commit of all files that a plan can read and that have changed since: the plan itself, what it imports,
 * deleted files. They come from the editor's own Git extension, through its public interface (`getAPI(1)`). Nothing is run from
 * here.
 */
export async function committedTexts(
  git: GitExtension,
  plan: Uri,
  unsaved: readonly Uri[],
  commit: string = HEAD,
): Promise<Committed> {
  const repository = await repositoryOf(git, plan);
  if (typeof repository === 'string') return { unavailable: repository };
  const since = commit === HEAD ? [] : await changesSince(repository, commit);
  if (since === undefined) return { unavailable: `Git has no commit ${commit} here.` };
  const root = uriOf(fieldOf(repository, 'rootUri'));
  const changed = [plan, ...unsaved, ...changedFiles(repository), ...since].filter(
    (uri) => uri === plan || (READ_BY_PLANS.test(uri.path) && root !== undefined && isBelow(uri, root)),
  );
  const files = [...new Map(changed.map((uri) => [uri.toString(), uri])).values()];
  if (files.length > MOST_FILES)
    return {
      unavailable: `${files.length} files have changed since ${commit === HEAD ? 'the last commit' : commit}: too many to compare with.`,
    };
  return {
    files: await Promise.all(files.map(async (uri) => [uri, await committedText(repository, uri, commit)] as const)),
  };
}

/** A commit to compare with, by the name that Git knows it by. */
export interface NamedCommit {
  readonly name: string;
  readonly detail: string;
}

/** Branches, tags and the latest commits that touched a plan; or the reason why there are none. */
export async function namedCommits(git: GitExtension, plan: Uri): Promise<readonly NamedCommit[] | string> {
  const repository = await repositoryOf(git, plan);
  if (typeof repository === 'string') return repository;
  const commits = await listOf(repository, 'log', { maxEntries: MOST_COMMITS, path: plan.fsPath });
  const references = await listOf(repository, 'getRefs', {});
  const named = references.flatMap((reference) => {
    const name = fieldOf(reference, 'name');
    return typeof name === 'string' ? [{ name, detail: '' }] : [];
  });
  const latest = commits.flatMap((commit) => {
    const [hash, message] = [fieldOf(commit, 'hash'), fieldOf(commit, 'message')];
    const title = typeof message === 'string' ? (message.split('\n')[0] ?? '') : '';
    return typeof hash === 'string' ? [{ name: hash.slice(0, 12), detail: title }] : [];
  });
  return [...latest, ...named];
}

const MOST_COMMITS = 50;

/** The repository of a plan, or a sentence that says why there is none. */
async function repositoryOf(git: GitExtension, plan: Uri): Promise<object | string> {
  if (!git) return 'This editor has no Git (as in a browser): the last commit cannot be read here.';
  const exported = git.isActive ? git.exports : await git.activate();
  if (fieldOf(exported, 'enabled') !== true)
    return 'Git is switched off in this editor (`git.enabled`), or not found: the last commit cannot be read.';
  const api = call(exported, 'getAPI', 1);
  if (fieldOf(api, 'state') !== 'initialized') return 'Git is still reading the folder. Compare again in a moment.';
  const repository = call(api, 'getRepository', plan);
  return typeof repository === 'object' && repository !== null
    ? repository
    : 'This file is in no Git repository that the editor has open.';
}

/** What has changed between a commit and the working tree; undefined if there is no such commit. */
async function changesSince(repository: object, commit: string): Promise<readonly Uri[] | undefined> {
  try {
    const changes: unknown = await call(repository, 'diffWith', commit);
    return urisOf(changes);
  } catch {
    return undefined;
  }
}

async function listOf(repository: object, method: string, options: object): Promise<readonly unknown[]> {
  try {
    const list: unknown = await call(repository, method, options);
    return Array.isArray(list) ? list : [];
  } catch {
    // A repository without a commit has none to list.
    return [];
  }
}

/** The text of a file in a commit; undefined if the commit does not have the file. */
async function committedText(repository: object, uri: Uri, commit: string): Promise<string | undefined> {
  try {
    const text: unknown = await call(repository, 'show', commit, uri.fsPath);
    return typeof text === 'string' ? text : undefined;
  } catch {
    // The extension's errors differ only in their message, so a missing file cannot be told from a missing commit.
    return undefined;
  }
}

/** Files changed in the working tree or the index. A renamed file is listed under both names. */
function changedFiles(repository: object): readonly Uri[] {
  const state = fieldOf(repository, 'state');
  return ['workingTreeChanges', 'indexChanges', 'mergeChanges', 'untrackedChanges'].flatMap((name) =>
    urisOf(fieldOf(state, name)),
  );
}

function urisOf(changes: unknown): readonly Uri[] {
  if (!Array.isArray(changes)) return [];
  return changes.flatMap((change: unknown) =>
    ['uri', 'originalUri', 'renameUri'].flatMap((key) => uriOf(fieldOf(change, key)) ?? []),
  );
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
