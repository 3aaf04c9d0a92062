import type { CancellationToken, Position, Uri } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  type CompletionItem,
  type Diagnostic,
  LSPErrorCodes,
  ProgressType,
  type Range,
  RequestType,
  type WorkspaceEdit,
} from 'vscode-languageclient';
import type { CurvesAnswer } from '../../server/src/services/preview/curvesProtocol.ts';
import type { DifferencesAnswer } from '../../server/src/services/preview/differencesProtocol.ts';
import type { CurveSubjects, WhatIfChanges } from '../../server/src/services/preview/messages.ts';
import type { Folds, SentFoldedPicture, SentModel } from '../../server/src/services/preview/protocol.ts';
import type { AskedFormat, RequestName, RequestParameters } from '../../server/src/services/preview/requests.ts';
import type { FoundPlanAnswer, SearchAnswer } from '../../server/src/services/preview/searchProtocol.ts';
import type { TimeDetails } from '../../server/src/services/preview/timeProtocol.ts';
import type { WhatIfAnswer } from '../../server/src/services/preview/whatIfProtocol.ts';

/** The server's own requests, typed in one place. */

export interface DeploymentName {
  readonly name: string;
  /** The reason why it cannot be computed. */
  readonly invalid?: string;
}

export interface RevealedRange {
  readonly uri: string;
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

export interface NodesAt {
  readonly deployment: string;
  readonly nodes: readonly string[];
}

/** A plan to begin with. */
export interface PlanTemplate {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly text: string;
}

/** The deployment at the cursor, in a few words. */
export interface PlanStatus {
  readonly deployment: string;
  readonly text: string;
  readonly tooltip: string;
  /** Missing where nothing can be computed. */
  readonly fits?: boolean;
}

/** A model that reads a config, and where its text belongs. */
export interface ImportedConfig {
  readonly name: string;
  readonly newText: string;
  readonly range: RevealedRange['range'];
}

/** The edit that writes a what-if into the text of a version, or the reason why there is none. */
export type WrittenWhatIf =
  | { readonly refused: string }
  | { readonly version: number; readonly lines: readonly string[]; readonly edit: WorkspaceEdit };

/** What a launch is shown with. */
export interface ShownLaunch {
  readonly findings: Diagnostic[];
  readonly lenses: readonly LaunchLens[];
  /** The plan that it is. */
  readonly plan: string;
}

/** A line above a command. A click opens the launch's plan, and a view of its preview where one is named. */
export interface LaunchLens {
  readonly range: Range;
  readonly title: string;
  readonly tooltip?: string;
  readonly deployment: string;
  readonly view?: string;
}

/** A form in which launches are written. */
export interface LaunchForm {
  readonly name: string;
  readonly title: string;
}

/** The files that start a deployment, or the reason why there are none. */
export type WrittenLaunch =
  | { readonly files: readonly { readonly name: string; readonly text: string }[] }
  | { readonly refused: string };

/** The edit that writes a found plan into the text of a version, or the reason why there is none. */
export type WrittenPlan =
  | { readonly refused: string }
  | { readonly version: number; readonly name: string; readonly words: string; readonly edit: WorkspaceEdit };

/** A search of a deployment, or one plan of it. */
export interface SearchedDeployment {
  readonly deployment: string;
  readonly search?: string;
}

/** One of moeplan's own requests. The server checks its parameters with the schema that types them here. */
function request<Name extends RequestName, Answer>(name: Name): RequestType<RequestParameters<Name>, Answer, void> {
  return new RequestType(name);
}

const preview = request<'moeplan/preview', SentModel | null>('moeplan/preview');
const folded = request<'moeplan/folded', SentFoldedPicture | null>('moeplan/folded');
const reveal = request<'moeplan/reveal', RevealedRange | null>('moeplan/reveal');
const nodesAt = request<'moeplan/nodesAt', NodesAt | null>('moeplan/nodesAt');
const deployments = request<'moeplan/deployments', readonly DeploymentName[] | null>('moeplan/deployments');
const status = new RequestType<
  { textDocument: { uri: string }; position: { line: number; character: number } },
  PlanStatus | null,
  void
>('moeplan/status');
const templates = new RequestType<null, readonly PlanTemplate[], void>('moeplan/templates');
const exported = request<'moeplan/export', string | null>('moeplan/export');
const reportPictures = request<'moeplan/reportPictures', readonly (readonly [name: string, svg: string])[] | null>(
  'moeplan/reportPictures',
);
const whatIf = request<'moeplan/whatIf', WhatIfAnswer | null>('moeplan/whatIf');
const curves = request<'moeplan/curves', CurvesAnswer | null>('moeplan/curves');
const writeWhatIf = request<'moeplan/writeWhatIf', WrittenWhatIf | null>('moeplan/writeWhatIf');
const time = request<'moeplan/time', TimeDetails | null>('moeplan/time');
const search = request<'moeplan/search', SearchAnswer | null>('moeplan/search');
const found = request<'moeplan/foundPlan', FoundPlanAnswer | null>('moeplan/foundPlan');
const writeFound = request<'moeplan/writeFound', WrittenPlan | null>('moeplan/writeFound');
const searchSoFar = new ProgressType<SearchAnswer>();
const differences = request<'moeplan/differences', DifferencesAnswer | null>('moeplan/differences');
const configImport = request<'moeplan/importConfig', ImportedConfig | null>('moeplan/importConfig');

const launch = request<'moeplan/launch', ShownLaunch | null>('moeplan/launch');
const launchHover = request<'moeplan/launchHover', { readonly markdown: string; readonly range: Range } | null>(
  'moeplan/launchHover',
);
const launchCompletion = request<'moeplan/launchCompletion', readonly CompletionItem[]>('moeplan/launchCompletion');
const launchForms = new RequestType<null, readonly LaunchForm[], void>('moeplan/launchForms');
const launchWriting = request<'moeplan/writeLaunch', WrittenLaunch | null>('moeplan/writeLaunch');
const launchImport = request<'moeplan/importLaunch', string | null>('moeplan/importLaunch');

/** Whether a request failed because its text has changed before the server came to it. */
export function isOvertaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === LSPErrorCodes.ContentModified;
}

export class Requests {
  private readonly client: BaseLanguageClient;
  /** Counts searches, because each tells by a name of its own how far it has come. */
  private searches = 0;

  constructor(client: BaseLanguageClient) {
    this.client = client;
  }

  /** `known` holds digests of parts of pictures that the answer may leave out. */
  preview(uri: Uri, known: readonly string[]): Promise<SentModel | null> {
    return this.client.sendRequest(preview, { uri: this.name(uri), known });
  }

  folded(uri: Uri, deployment: string, folds: Folds, known: readonly string[]): Promise<SentFoldedPicture | null> {
    return this.client.sendRequest(folded, { ...folds, uri: this.name(uri), deployment, known });
  }

  async reveal(uri: Uri, deployment: string, id: string): Promise<(RevealedRange & { readonly place: Uri }) | null> {
    const revealed = await this.client.sendRequest(reveal, { uri: this.name(uri), deployment, id });
    return revealed && { ...revealed, place: this.client.protocol2CodeConverter.asUri(revealed.uri) };
  }

  /** `preferred` is the deployment in which to show what several of them share. */
  nodesAt(uri: Uri, { line, character }: Position, preferred: string | undefined): Promise<NodesAt | null> {
    return this.client.sendRequest(nodesAt, {
      uri: this.name(uri),
      position: { line, character },
      ...(preferred !== undefined && { preferred }),
    });
  }

  deployments(uri: Uri): Promise<readonly DeploymentName[] | null> {
    return this.client.sendRequest(deployments, { uri: this.name(uri) });
  }

  templates(): Promise<readonly PlanTemplate[]> {
    return this.client.sendRequest(templates, null);
  }

  status(uri: Uri, { line, character }: Position): Promise<PlanStatus | null> {
    return this.client.sendRequest(status, { textDocument: { uri: this.name(uri) }, position: { line, character } });
  }

  export(uri: Uri, format: AskedFormat, deployment: string | undefined): Promise<string | null> {
    return this.client.sendRequest(exported, {
      uri: this.name(uri),
      format,
      ...(deployment !== undefined && { deployment }),
    });
  }

  /** The report as it is written to a file of this name, with links to the pictures beside it, and these pictures. */
  async report(uri: Uri, file: string) {
    const params = { uri: this.name(uri), file };
    const text = await this.client.sendRequest(exported, { ...params, format: 'report' });
    const pictures = (await this.client.sendRequest(reportPictures, params)) ?? [];
    return text === null ? undefined : { text, pictures };
  }

  timeDetails(uri: Uri, deployment: string): Promise<TimeDetails | null> {
    return this.client.sendRequest(time, { uri: this.name(uri), deployment });
  }

  curves(uri: Uri, subjects: CurveSubjects, over: string | undefined): Promise<CurvesAnswer | null> {
    const asked = subjects.map(({ deployment, changes }) => ({ deployment, changes: { ...changes } }));
    return this.client.sendRequest(curves, {
      uri: this.name(uri),
      subjects: asked,
      ...(over !== undefined && { over }),
    });
  }

  whatIf(uri: Uri, deployment: string, changes: WhatIfChanges): Promise<WhatIfAnswer | null> {
    return this.client.sendRequest(whatIf, { uri: this.name(uri), deployment, changes });
  }

  writeWhatIf(uri: Uri, deployment: string, changes: WhatIfChanges): Promise<WrittenWhatIf | null> {
    return this.client.sendRequest(writeWhatIf, { uri: this.name(uri), deployment, changes });
  }

  /**
   * The best plans from a deployment. `soFar` gets what there is meanwhile. The server lets those who ask for the same wait for one
   * search, so whoever asks again cancels afterwards.
   */
  async search(
    uri: Uri,
    { deployment, search: name, narrow }: SearchedDeployment & { readonly narrow: readonly string[] },
    token: CancellationToken,
    soFar: (answer: SearchAnswer) => void,
  ): Promise<SearchAnswer | null> {
    this.searches += 1;
    const partialResultToken = `moeplan/search ${this.searches}`;
    const hearing = this.client.onProgress(searchSoFar, partialResultToken, soFar);
    try {
      return await this.client.sendRequest(
        search,
        { uri: this.name(uri), deployment, search: name, narrow, partialResultToken },
        token,
      );
    } finally {
      hearing.dispose();
    }
  }

  foundPlan(uri: Uri, { deployment, search: name }: SearchedDeployment, plan: string): Promise<FoundPlanAnswer | null> {
    return this.client.sendRequest(found, { uri: this.name(uri), deployment, search: name, plan });
  }

  writeFound(uri: Uri, { deployment, search: name }: SearchedDeployment, plan: string): Promise<WrittenPlan | null> {
    return this.client.sendRequest(writeFound, { uri: this.name(uri), deployment, search: name, plan });
  }

  toCodeEdit(edit: WorkspaceEdit) {
    return this.client.protocol2CodeConverter.asWorkspaceEdit(edit);
  }

  differencesBetween(uri: Uri, base: string, deployment: string): Promise<DifferencesAnswer | null> {
    return this.client.sendRequest(differences, { uri: this.name(uri), base, deployment });
  }

  /** `files` are other texts by their URIs; undefined stands for a file that did not exist. */
  differencesTo(
    uri: Uri,
    deployment: string,
    files: readonly (readonly [uri: Uri, text: string | undefined])[],
    named?: string,
  ): Promise<DifferencesAnswer | null> {
    const texts = Object.fromEntries(files.map(([file, text]) => [this.name(file), text ?? null]));
    return this.client.sendRequest(differences, { uri: this.name(uri), deployment, files: texts, named });
  }

  differencesToFile(uri: Uri, deployment: string, file: Uri): Promise<DifferencesAnswer | null> {
    return this.client.sendRequest(differences, { uri: this.name(uri), deployment, file: this.name(file) });
  }

  /** The plan that a launch is, with files that it names beside `uri`. Null where the text launches nothing. */
  importLaunch(uri: Uri, text: string): Promise<string | null> {
    return this.client.sendRequest(launchImport, { uri: this.name(uri), text });
  }

  /** What an editor shows of a launch; null where the text launches nothing. */
  launch(uri: Uri, text: string, token: CancellationToken): Promise<ShownLaunch | null> {
    return this.client.sendRequest(launch, { uri: this.name(uri), text }, token);
  }

  launchForms(): Promise<readonly LaunchForm[]> {
    return this.client.sendRequest(launchForms, null);
  }

  writeLaunch(uri: Uri, deployment: string, form: string): Promise<WrittenLaunch | null> {
    return this.client.sendRequest(launchWriting, { uri: this.name(uri), deployment, form });
  }

  async launchHover(uri: Uri, text: string, { line, character }: Position, token: CancellationToken) {
    const params = { uri: this.name(uri), text, position: { line, character } };
    const told = await this.client.sendRequest(launchHover, params, token);
    return told && { markdown: told.markdown, range: this.client.protocol2CodeConverter.asRange(told.range) };
  }

  async launchCompletion(uri: Uri, text: string, { line, character }: Position, token: CancellationToken) {
    const params = { uri: this.name(uri), text, position: { line, character } };
    const items = await this.client.sendRequest(launchCompletion, params, token);
    return this.client.protocol2CodeConverter.asCompletionResult([...items]);
  }

  toCodeDiagnostics(findings: Diagnostic[]) {
    return this.client.protocol2CodeConverter.asDiagnostics(findings);
  }

  toCodeRange(range: Range) {
    return this.client.protocol2CodeConverter.asRange(range);
  }

  importConfig(uri: Uri, config: Uri): Promise<ImportedConfig | null> {
    return this.client.sendRequest(configImport, { uri: this.name(uri), config: this.name(config) });
  }

  /** URIs cross to the server as the client converts them everywhere else. */
  private name(uri: Uri): string {
    return this.client.code2ProtocolConverter.asUri(uri);
  }
}
