import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NodeSources } from '../../host/nodeSources.ts';
import type { Shipped } from '../../host/shipped.ts';
import { reasonUnread } from '../../language/rules/file-not-read.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../services/analysis.ts';
import { CannotRun } from '../cannotRun.ts';

/** How a tool is given a plan: as text, or as the path of a file below the working folder. */
export interface PlanArgument {
  readonly text?: string | undefined;
  readonly path?: string | undefined;
}

export interface NamedPlan {
  readonly analysis: Analysis;
  /** How answers name the plan: by its path from the working folder, or `plan.moeplan` for a text. */
  readonly name: string;
}

/** The name for a plan given as text. It lies in the working folder, so its imports start there. */
const UNNAMED = 'plan.moeplan';

/** The plans that an assistant may read. What lies outside the working folder does not exist here. */
export class Plans {
  private readonly folder: string;
  private readonly sources: NodeSources;
  private readonly cache = new AnalysisCache();
  private readonly unnamedUri: string;
  private text: string | undefined;

  constructor(folder: string, shipped: Shipped) {
    this.folder = folder;
    this.unnamedUri = pathToFileURL(join(folder, UNNAMED)).href;
    this.sources = new NodeSources(shipped.catalogFolder, (uri) => (uri === this.unnamedUri ? this.text : undefined));
  }

  /** @throws CannotRun where neither or both are given, or where the path leads to nothing that may be read. */
  load({ text, path }: PlanArgument): NamedPlan {
    if ((text === undefined) === (path === undefined)) {
      throw new CannotRun('give either `text`, a plan, or `path`, a file below the working folder');
    }
    this.text = text;
    // Files may have changed since the last question, and nobody reports changes here.
    this.sources.setRoots([pathToFileURL(this.folder).href]);
    const uri = path === undefined ? this.unnamedUri : this.uriOf(path);
    const analysis = analyseDocument(uri, this.sources, this.cache);
    return { analysis, name: path === undefined ? UNNAMED : this.nameOf(uri) };
  }

  /** The catalogue's files: name and text. */
  catalog(): readonly (readonly [name: string, text: string])[] {
    return this.sources.catalog().map((uri) => [basename(fileURLToPath(uri)), this.sources.read(uri) ?? ''] as const);
  }

  private uriOf(path: string): string {
    const target = this.sources.resolve(this.unnamedUri, path.replaceAll('\\', '/'));
    if ('outside' in target) throw new CannotRun(`${path} lies outside the working folder; nothing there is read`);
    if ('nowhere' in target) throw new CannotRun(`cannot read ${path}: there is no such file`);
    const { uri } = target;
    if (!uri.endsWith('.moeplan')) throw new CannotRun(`${path} is no .moeplan file`);
    if (this.sources.read(uri) === undefined) {
      const unread = this.sources.unread(uri);
      throw new CannotRun(`cannot read ${path}: ${unread ? reasonUnread(unread) : 'there is no such file'}`);
    }
    return uri;
  }

  private nameOf(uri: string): string {
    return relative(this.folder, fileURLToPath(uri)).replaceAll('\\', '/');
  }
}
