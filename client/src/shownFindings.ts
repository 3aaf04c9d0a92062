import type { DiagnosticCollection, Uri } from 'vscode';
import { DefaultDiagnosticCollectionProvider, type Middleware, type vsdiag } from 'vscode-languageclient';

/**
 * Findings in files that are closed or gone. When a plan is closed the client drops the name of what it shows of it and
 * leaves what it shows to the next answer about the workspace. The server answers about plans that it checks, and about
 * files that the client names: one that was deleted, or is not checked unless it is open, would keep its findings for
 * ever. So what is shown is named as well.
 */
export class ShownFindings extends DefaultDiagnosticCollectionProvider {
  private readonly collections = new Set<DiagnosticCollection>();

  override create(...named: Parameters<DefaultDiagnosticCollectionProvider['create']>): DiagnosticCollection {
    const made = super.create(...named);
    this.collections.add(made);
    return made;
  }

  override dispose(...made: Parameters<DefaultDiagnosticCollectionProvider['dispose']>): void {
    this.collections.delete(made[0]);
    super.dispose(...made);
  }

  readonly provideWorkspaceDiagnostics: NonNullable<Middleware['provideWorkspaceDiagnostics']> = (
    known,
    token,
    report,
    next,
  ) => next([...known, ...this.unnamed(known)], token, report);

  /** Files with findings that are not named, each by a name that no answer has: the next one is whole. */
  private unnamed(known: readonly vsdiag.PreviousResultId[]): readonly vsdiag.PreviousResultId[] {
    const named = new Set(known.map(({ uri }) => uri.toString()));
    return [...this.shown()].filter((uri) => !named.has(uri.toString())).map((uri) => ({ uri, value: '' }));
  }

  private *shown(): Iterable<Uri> {
    for (const collection of this.collections)
      for (const [uri, findings] of collection) if (findings.length > 0) yield uri;
  }
}
