import { type CancellationToken, type Connection, ProgressType } from 'vscode-languageserver';
import type { Params, RequestName } from '../services/preview/requests.ts';
import type { SearchAnswer } from '../services/preview/searchProtocol.ts';
import { foundPlan, writeFoundPlan } from '../services/search/found.ts';
import { nextTurn } from './contain.ts';
import { toWorkspaceEdit } from './convert.ts';
import { paramsOf } from './params.ts';
import { Searches } from './searches.ts';
import type { Workspace } from './workspace.ts';

const SO_FAR = new ProgressType<SearchAnswer>();

/** Requests of the preview's Search view. They answer null when the document is not open. */
export function registerSearch(connection: Connection, workspace: Workspace): void {
  const searches = new Searches(workspace);
  connection.onRequest('moeplan/search', (value: unknown, token: CancellationToken) => {
    const { uri, deployment, search, narrow, partialResultToken } = paramsOf('moeplan/search', value);
    return searches.answer(uri, { deployment, search: search ?? undefined, narrow }, token, (soFar) => {
      if (partialResultToken != null) connection.sendProgress(SO_FAR, partialResultToken, soFar);
    });
  });
  const answer = <Name extends RequestName>(method: Name, handle: (params: Params<Name>) => unknown) =>
    connection.onRequest(method, (value: unknown) => handle(paramsOf(method, value)));
  answer('moeplan/foundPlan', async ({ uri, deployment, search, plan }) => {
    await nextTurn();
    const analysis = workspace.analysis(uri);
    return analysis
      ? foundPlan(analysis, { deployment, search: search ?? undefined, narrow: [], plan }, workspace.sources)
      : null;
  });
  answer('moeplan/writeFound', ({ uri, deployment, search, plan }) => {
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    const written = writeFoundPlan(analysis, { deployment, search: search ?? undefined, narrow: [], plan });
    if ('refused' in written) return written;
    const version = workspace.documents.get(uri)?.version ?? 0;
    const { name, words, edits } = written;
    return { version, name, words, edit: toWorkspaceEdit(edits, workspace) };
  });
}
