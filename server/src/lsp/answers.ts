import type { Position } from 'vscode-languageserver';
import type { Span } from '../language/span.ts';
import type { Analysis } from '../services/analysis.ts';
import { toLocation, toRange } from './convert.ts';
import type { Workspace } from './workspace.ts';

export interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

export interface PositionParams extends DocumentParams {
  readonly position: Position;
}

/** What registrations of requests share: from parameters to an analysis and an offset, and back to positions. */
export class Answers {
  private readonly workspace: Workspace;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Answers with nothing for a document that is not open. */
  of<Params extends DocumentParams, Answer>(
    answer: (analysis: Analysis, params: Params) => Answer,
  ): (params: Params) => Answer | null {
    return (params) => {
      const analysis = this.workspace.analysis(params.textDocument.uri);
      return analysis ? answer(analysis, params) : null;
    };
  }

  at<Params extends PositionParams, Answer>(
    answer: (analysis: Analysis, offset: number, params: Params) => Answer,
  ): (params: Params) => Answer | null {
    return this.of((analysis, params: Params) =>
      answer(analysis, analysis.source.lineIndex.offsetAt(params.position), params),
    );
  }

  range(analysis: Analysis, span: Span) {
    return toRange(analysis.source.lineIndex, span);
  }

  locations(found: readonly { readonly uri: string; readonly span: Span }[]) {
    return found.flatMap((each) => toLocation(each, this.workspace) ?? []);
  }
}
