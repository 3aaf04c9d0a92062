import type { Position, Uri } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { RequestType } from 'vscode-languageclient';
import type { PreviewModel } from '../../server/src/services/preview/protocol.ts';

/** The server's own requests, typed once. */

export interface DeploymentName {
  readonly name: string;
  /** Why it cannot be computed. */
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
  /** Absent where nothing can be computed. */
  readonly fits?: boolean;
}

/** A model that reads a config, and where its text belongs. */
export interface ImportedConfig {
  readonly name: string;
  readonly newText: string;
  readonly range: RevealedRange['range'];
}

export type ExportFormat = 'dot' | 'svg' | 'report' | 'trace' | 'figures';

const preview = new RequestType<{ uri: string }, PreviewModel | null, void>('moeplan/preview');
const reveal = new RequestType<{ uri: string; deployment: string; id: string }, RevealedRange | null, void>(
  'moeplan/reveal',
);
const nodesAt = new RequestType<{ uri: string; position: { line: number; character: number } }, NodesAt | null, void>(
  'moeplan/nodesAt',
);
const deployments = new RequestType<{ uri: string }, readonly DeploymentName[] | null, void>('moeplan/deployments');
const status = new RequestType<
  { textDocument: { uri: string }; position: { line: number; character: number } },
  PlanStatus | null,
  void
>('moeplan/status');
const templates = new RequestType<null, readonly PlanTemplate[], void>('moeplan/templates');
const exported = new RequestType<{ uri: string; deployment?: string; format: ExportFormat }, string | null, void>(
  'moeplan/export',
);
const configImport = new RequestType<{ uri: string; config: string }, ImportedConfig | null, void>(
  'moeplan/importConfig',
);

export class Requests {
  private readonly client: BaseLanguageClient;

  constructor(client: BaseLanguageClient) {
    this.client = client;
  }

  preview(uri: Uri): Promise<PreviewModel | null> {
    return this.client.sendRequest(preview, { uri: this.name(uri) });
  }

  reveal(uri: Uri, deployment: string, id: string): Promise<RevealedRange | null> {
    return this.client.sendRequest(reveal, { uri: this.name(uri), deployment, id });
  }

  nodesAt(uri: Uri, { line, character }: Position): Promise<NodesAt | null> {
    return this.client.sendRequest(nodesAt, { uri: this.name(uri), position: { line, character } });
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

  export(uri: Uri, format: ExportFormat, deployment: string | undefined): Promise<string | null> {
    return this.client.sendRequest(exported, {
      uri: this.name(uri),
      format,
      ...(deployment !== undefined && { deployment }),
    });
  }

  importConfig(uri: Uri, config: Uri): Promise<ImportedConfig | null> {
    return this.client.sendRequest(configImport, { uri: this.name(uri), config: this.name(config) });
  }

  /** URIs cross to the server as the client converts them everywhere else. */
  private name(uri: Uri): string {
    return this.client.code2ProtocolConverter.asUri(uri);
  }
}
