import { Cache } from '../../language/cache.ts';
import type { Entity, TextFile } from '../../language/entity.ts';
import { analyse } from '../../language/program.ts';
import type { Launched, Sources } from '../../language/source.ts';
import { launchDocument } from './launches.ts';

/** What a launch was read from, and what it gave. */
interface Kept {
  readonly text: string;
  /** The files that it names, with the texts that they had. */
  readonly beside: ReadonlyMap<string, string | undefined>;
  readonly deployments: readonly Entity[];
  readonly untold: readonly string[];
}

/** Most launches that are kept. One that is dropped is read again. */
const MOST_KEPT = 100;

/** Launches that plans are read `from`. The same texts give the same entities, so that what follows from them is kept too. */
export class LaunchedDeployments {
  private readonly cache = new Cache();
  private readonly kept = new Map<string, Kept>();

  /** Sources whose launches are read as deployments. */
  over(sources: Sources): Sources {
    const plain = plainly(sources);
    return { ...plain, launched: (file, name, read) => this.launched(file, name, { ...plain, read }) };
  }

  private launched(file: TextFile, name: string | undefined, sources: Sources): Launched | undefined {
    const { deployments, untold } = this.reading(file, sources);
    const deployment = deployments.find((candidate) => candidate.name === name) ?? deployments[0];
    return deployment && { deployment, untold };
  }

  private reading(file: TextFile, sources: Sources): Kept {
    const known = this.kept.get(file.uri);
    if (known?.text === file.text && [...known.beside].every(([uri, text]) => sources.read(uri) === text)) return known;
    const beside = new Map<string, string | undefined>();
    const noting: Sources = {
      ...sources,
      read: (uri) => {
        const text = sources.read(uri);
        if (!sources.catalog().includes(uri)) beside.set(uri, text);
        return text;
      },
    };
    const document = launchDocument(file, noting);
    const deployments = document ? this.deploymentsIn(file.uri, document.launched.plan.text, sources) : [];
    const untold = (document?.launched.notes ?? []).flatMap(({ kind, message }) =>
      kind === 'unknown' || kind === 'not-understood' ? [message] : [],
    );
    const kept = { text: file.text, beside, deployments, untold };
    this.kept.delete(file.uri);
    this.kept.set(file.uri, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return kept;
  }

  /** The plan of a launch is a text of its own, whose names mean what they mean in the catalogue. */
  private deploymentsIn(launch: string, text: string, sources: Sources): readonly Entity[] {
    const uri = `${launch}#plan`;
    const read = (target: string) => (target === uri ? text : sources.read(target));
    return analyse(uri, { ...sources, read }, this.cache).own.filter(({ keyword }) => keyword === 'deployment');
  }
}

/** Sources as an object of functions, whatever class they are of. */
function plainly(sources: Sources): Sources {
  return {
    read: (uri) => sources.read(uri),
    unread: (uri) => sources.unread(uri),
    resolve: (from, path) => sources.resolve(from, path),
    catalog: () => sources.catalog(),
  };
}
