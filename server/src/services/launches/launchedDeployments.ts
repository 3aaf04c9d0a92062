import { Cache } from '../../language/cache.ts';
import type { Entity, TextFile } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import { analyse } from '../../language/program.ts';
import type { Launched, Sources } from '../../language/source.ts';
import type { LaunchDocument } from './launches.ts';
import { LaunchReadings, plainly, planUriOf, withPlan } from './readings.ts';

/** Launches that plans are read `from`. The same texts give the same entities, so that what follows from them is kept too. */
export class LaunchedDeployments {
  readonly readings = new LaunchReadings();
  private readonly cache = new Cache();
  private readonly kept = new Memo<LaunchDocument, readonly Entity[]>();

  /** Sources whose launches are read as deployments. */
  over(sources: Sources): Sources {
    const plain = plainly(sources);
    return { ...plain, launched: (file, name, read) => this.launched(file, name, { ...plain, read }) };
  }

  private launched(file: TextFile, name: string | undefined, sources: Sources): Launched | undefined {
    const document = this.readings.read(file, sources);
    if (!document) return undefined;
    const deployments = this.deploymentsIn(document, sources);
    const deployment = deployments.find((candidate) => candidate.name === name) ?? deployments[0];
    const untold = document.launched.notes.flatMap(({ kind, message }) =>
      kind === 'unknown' || kind === 'not-understood' ? [message] : [],
    );
    return deployment && { deployment, untold };
  }

  private deploymentsIn(document: LaunchDocument, sources: Sources): readonly Entity[] {
    const known = this.kept.get(document);
    if (known) return known;
    const uri = planUriOf(document.file.uri);
    const { own } = analyse(uri, withPlan(sources, document), this.cache);
    const deployments = own.filter(({ keyword }) => keyword === 'deployment');
    this.kept.set(document, deployments);
    return deployments;
  }
}
