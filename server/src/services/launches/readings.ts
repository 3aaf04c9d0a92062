import type { TextFile } from '../../language/entity.ts';
import type { Sources } from '../../language/source.ts';
import { type LaunchDocument, launchDocument } from './launches.ts';

/** A launch, what it was read from, and what it gave. */
interface Kept {
  readonly text: string;
  /** The files that it names, with the texts that they had. */
  readonly beside: ReadonlyMap<string, string | undefined>;
  readonly document: LaunchDocument | undefined;
}

/** Most launches that are kept. One that is dropped is read again. */
const MOST_KEPT = 100;

/** Launches by their texts: one whose text and whose named files are the same is not read again. */
export class LaunchReadings {
  private readonly kept = new Map<string, Kept>();

  /** A launch that was read, by its address or that of its plan. */
  known(uri: string): LaunchDocument | undefined {
    return this.kept.get(isPlanOfLaunch(uri) ? uri.slice(0, -PLAN.length) : uri)?.document;
  }

  read(file: TextFile, sources: Sources): LaunchDocument | undefined {
    const known = this.kept.get(file.uri);
    if (known?.text === file.text && [...known.beside].every(([uri, text]) => sources.read(uri) === text))
      return known.document;
    const beside = new Map<string, string | undefined>();
    const noting: Sources = {
      ...plainly(sources),
      read: (uri) => {
        const text = sources.read(uri);
        if (!sources.catalog().includes(uri)) beside.set(uri, text);
        return text;
      },
    };
    const document = launchDocument(file, noting);
    this.kept.delete(file.uri);
    this.kept.set(file.uri, { text: file.text, beside, document });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return document;
  }
}

/** What the address of a launch's plan ends with. */
const PLAN = '#plan';

/** The address of the plan that a launch is. It is a text of its own, whose names mean what they mean in the catalogue. */
export function planUriOf(launch: string): string {
  return `${launch}${PLAN}`;
}

export function isPlanOfLaunch(uri: string): boolean {
  return uri.endsWith(PLAN);
}

/** Sources in which a launch's plan is read, too. */
export function withPlan(sources: Sources, { file, launched }: LaunchDocument): Sources {
  const uri = planUriOf(file.uri);
  return { ...plainly(sources), read: (target) => (target === uri ? launched.plan.text : sources.read(target)) };
}

/** Sources as an object of functions, whatever class they are of. */
export function plainly(sources: Sources): Sources {
  return {
    read: (uri) => sources.read(uri),
    unread: (uri) => sources.unread(uri),
    resolve: (from, path) => sources.resolve(from, path),
    catalog: () => sources.catalog(),
  };
}
