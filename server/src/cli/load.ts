import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Evaluation } from '../cost/evaluation.ts';
import { isInside } from '../host/inside.ts';
import { withoutMark } from '../host/knownTexts.ts';
import { NodeSources } from '../host/nodeSources.ts';
import type { Shipped } from '../host/shipped.ts';
import { reasonUnread } from '../language/rules/file-not-read.ts';
import { problemsOf } from '../language/rules/run.ts';
import { suggest } from '../language/suggest.ts';
import { type Analysis, AnalysisCache, analyseDocument, deploymentNamed } from '../services/analysis.ts';
import { diagnose } from '../services/findings/diagnostics.ts';
import { type LaunchDocument, launchDocument } from '../services/launches/launches.ts';
import { fileName } from '../text/fileName.ts';
import { CannotRun } from './cannotRun.ts';
import { readNamed } from './input.ts';

/** A plan that was named on the command line. */
interface NamedPlan {
  readonly uri: string;
  readonly text: string;
  /** How messages name it: its path from the working folder, with `/`, or a pipe as it was named. */
  readonly path: string;
  /** The launch that was read as a plan. */
  readonly launch?: LaunchDocument;
}

/** Reads and analyses files given on the command line; imports may lead anywhere below the working folder. */
export class Loader {
  private readonly cache = new AnalysisCache();
  private readonly sources: NodeSources;
  /** By absolute path, because a pipe cannot be read a second time. */
  private readonly plans = new Map<string, NamedPlan>();
  private readonly texts = new Map<string, string>();

  constructor(shipped: Shipped) {
    this.sources = new NodeSources(shipped.catalogFolder, (uri) => this.texts.get(uri));
  }

  /** @throws CannotRun where the file, or one that it uses, exists and cannot be read. */
  load(file: string): Analysis {
    const { analysis } = this.loadToCheck(file);
    refuseUnread(analysis);
    return analysis;
  }

  /**
   * Like `load`, but a file that a plan names and that cannot be read is a finding. @throws CannotRun where the plan itself
   * cannot be read.
   */
  loadToCheck(file: string): Pick<NamedPlan, 'path' | 'launch'> & { readonly analysis: Analysis } {
    const plan = this.read(file);
    this.openFolderOf(plan.uri);
    return { ...plan, analysis: analyseDocument(plan.uri, this.sources, this.cache) };
  }

  /** A launch as the plan that it is; undefined where the file launches nothing. @throws CannotRun where it cannot be read. */
  launch(file: string): LaunchDocument | undefined {
    return this.read(file).launch;
  }

  /** Whatever the file at this place names may lie in the working folder, or beside it. */
  private openFolderOf(uri: string): void {
    const folder = process.cwd();
    const place = fileURLToPath(uri);
    this.sources.setRoots([pathToFileURL(isInside(folder, place) ? folder : dirname(place)).href]);
  }

  private read(file: string): NamedPlan {
    const place = resolve(file);
    const loadedPlan = this.plans.get(place);
    if (loadedPlan) return loadedPlan;
    const { bytes, isRegular } = readNamed(file);
    // A pipe has no folder, so its imports start from the working folder.
    const uri = pathToFileURL(isRegular ? place : join(process.cwd(), `pipe-${this.plans.size + 1}.moeplan`)).href;
    const path = isRegular ? relative(process.cwd(), place).replaceAll('\\', '/') : file;
    const plan = this.planIn({ uri, text: withoutMark(bytes.toString('utf8')), path });
    this.plans.set(place, plan);
    this.texts.set(plan.uri, plan.text);
    return plan;
  }

  /** The plan itself, or the one that a launch is. What is named `.moeplan` is a plan, whatever it holds. */
  private planIn(plan: NamedPlan): NamedPlan {
    if (/\.moeplan$/i.test(plan.path)) return plan;
    this.openFolderOf(plan.uri);
    const launch = launchDocument({ uri: plan.uri, text: plan.text }, this.sources);
    return launch ? { ...plan, uri: `${plan.uri}.moeplan`, text: launch.launched.plan.text, launch } : plan;
  }
}

/** Refuses a plan whose figures would leave out a file that was not read. @throws CannotRun where the plan names such a file. */
export function refuseUnread({ program }: Analysis): void {
  for (const part of program.analyses.values()) {
    const [first] = problemsOf(part, 'file-not-read');
    if (first)
      throw new CannotRun(
        `\`${first.file ?? first.path.text}\`, which ${fileName(part.source.uri)} names, was not read: ${reasonUnread(first.unread)}`,
      );
  }
}

/** Paths of all files that a plan is made of, starting with the one that was named on the command line. */
export function filesOf(file: string, { program }: Analysis): readonly string[] {
  const uris = [...program.files.keys(), ...[...program.analyses.values()].flatMap(({ reads }) => [...reads])];
  return [file, ...uris.flatMap((uri) => (uri.startsWith('file:') ? fileURLToPath(uri) : []))];
}

/** Names beyond this number are only counted. */
const MOST_LISTED = 12;

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MOST_LISTED).join(', ');
  return names.size > MOST_LISTED ? `${shown} and ${names.size - MOST_LISTED} more` : shown;
}

/** The evaluation of one deployment by its name, or of the only one. */
export function evaluationNamed(analysis: Analysis, file: string, name: string | undefined): Evaluation {
  const { deployments } = analysis.plan;
  const distinct = new Set(deployments.map((deployment) => deployment.name));
  const names = listed(distinct);
  if (deployments.length === 0) {
    const isSound = diagnose(analysis).every(({ severity }) => severity !== 'error');
    const checkHint = isSound ? '' : `, and errors that may be why: run \`moeplan check ${file}\``;
    throw new CannotRun(`${file} has no deployment${checkHint}; write one with \`deployment name { … }\``);
  }
  if (name === undefined && distinct.size > 1)
    throw new CannotRun(`${file} has several deployments: choose one of ${names} with --deployment`);
  const resolved = name === undefined ? deployments[0] : deploymentNamed(analysis, name);
  if (!resolved) {
    const meant = suggest(
      name ?? '',
      deployments.map((deployment) => deployment.name),
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
