import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Evaluation } from '../cost/evaluation.ts';
import { filesBelow } from '../host/filesBelow.ts';
import { NodeSources } from '../host/nodeSources.ts';
import type { Shipped } from '../host/shipped.ts';
import { suggest } from '../language/suggest.ts';
import { type Analysis, AnalysisCache, analyseDocument, deploymentNamed } from '../services/analysis.ts';
import { diagnose } from '../services/diagnostics.ts';

/** The command cannot be done as asked; the message says why and what to do. */
export class CannotRun extends Error {}

/** Reads and analyses files given on the command line; imports may lead anywhere below the working folder. */
export class Loader {
  private readonly cache = new AnalysisCache();
  private readonly sources: NodeSources;

  constructor(shipped: Shipped) {
    this.sources = new NodeSources(shipped.catalogFolder);
  }

  load(file: string): Analysis {
    const path = resolve(file);
    read(file);
    const folder = process.cwd();
    const way = relative(folder, path);
    this.sources.setRoots([pathToFileURL(way.startsWith(`..${sep}`) ? dirname(path) : folder).href]);
    return analyseDocument(pathToFileURL(path).href, this.sources, this.cache);
  }
}

/** @throws CannotRun where the file cannot be read. */
export function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** An output replaces what is there, but never the plan that it is made of. */
export function refuseInput(file: string, output: string | undefined): void {
  if (output !== undefined && resolve(output) === resolve(file))
    throw new CannotRun(`-o ${output} is the plan itself, which would be lost; name another file`);
}

/** The path itself, or the plans below it where it is a folder. */
export function plansAt(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const plans = filesBelow([resolve(path)], '.moeplan').map((uri) => relative(process.cwd(), fileURLToPath(uri)));
  if (plans.length === 0) throw new CannotRun(`no .moeplan file lies below ${path}`);
  return plans;
}

export function write(content: string | Uint8Array, output: string | undefined): void {
  if (output === undefined) {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(output, content);
  } catch (error) {
    throw new CannotRun(`cannot write ${output}: ${reasonOf(error)}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'access is denied',
};

/** What the file system says, in words; its own message where there are none. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

/** More names than this are counted. */
const MOST_LISTED = 12;

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MOST_LISTED).join(', ');
  return names.size > MOST_LISTED ? `${shown} and ${names.size - MOST_LISTED} more` : shown;
}

/** The evaluation of one deployment by its name, or of the only one. */
export function evaluationNamed(analysis: Analysis, file: string, name: string | undefined): Evaluation {
  const { deployments } = analysis.plan;
  const distinct = new Set(deployments.map((each) => each.name));
  const names = listed(distinct);
  if (deployments.length === 0) {
    const isSound = diagnose(analysis).every(({ severity }) => severity !== 'error');
    const checked = isSound ? '' : `, and errors that may be why: run \`moeplan check ${file}\``;
    throw new CannotRun(`${file} has no deployment${checked}; write one with \`deployment name { … }\``);
  }
  if (name === undefined && distinct.size > 1)
    throw new CannotRun(`${file} has several deployments: choose one of ${names} with --deployment`);
  const resolved = name === undefined ? deployments[0] : deploymentNamed(analysis, name);
  if (!resolved) {
    const meant = suggest(
      name ?? '',
      deployments.map((each) => each.name),
    );
    throw new CannotRun(
      `${file} has no deployment \`${name ?? ''}\`; ${meant === undefined ? `it has ${names}` : `did you mean \`${meant}\`? It has ${names}`}`,
    );
  }
  const evaluation = analysis.evaluationOf(resolved);
  if (!evaluation) {
    throw new CannotRun(
      `deployment \`${resolved.name}\` cannot be computed: ${resolved.invalid ?? 'its model, cluster or workload is not known'}; run \`moeplan check ${file}\``,
    );
  }
  return evaluation;
}
