import { type CancellationToken, LSPErrorCodes, type Position, ResponseError } from 'vscode-languageserver';
import type { Span } from '../language/span.ts';
import type { Analysis } from '../services/analysis.ts';
import { DOCUMENT, PLACE, readParams } from '../services/preview/requests.ts';
import { nextTurn } from './contain.ts';
import { type Conversion, toLocation, toRange } from './convert.ts';
import { fieldOf, invalid } from './params.ts';

export interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

export interface PositionParams extends DocumentParams {
  readonly position: Position;
}

interface Known extends Conversion {
  analysis(uri: string): Analysis | undefined;
}

/** What registrations of requests share: from parameters to an analysis and an offset, and back to positions. */
export class Answers {
  private readonly workspace: Known;

  constructor(workspace: Known) {
    this.workspace = workspace;
  }

  /** Answers with nothing for a document that is not open. */
  of<Asked extends DocumentParams, Answer>(
    answer: (analysis: Analysis, params: Asked) => Answer,
  ): (params: Asked) => Answer | null {
    return (params) => {
      const analysis = this.workspace.analysis(documentOf(params));
      return analysis ? answer(analysis, params) : null;
    };
  }

  at<Asked extends PositionParams, Answer>(
    answer: (analysis: Analysis, offset: number, params: Asked) => Answer,
  ): (params: Asked) => Answer | null {
    return this.of((analysis, params: Asked) => answer(analysis, offsetIn(analysis, params), params));
  }

  /**
   * For answers that need a prediction: edits and requests that wait already go first, and a request that was cancelled
   * meanwhile, or whose text has changed, is not computed at all.
   */
  later<Asked extends DocumentParams, Answer>(
    answer: (analysis: Analysis, params: Asked) => Answer,
  ): (params: Asked, token: CancellationToken) => Promise<Answer | null> {
    return async (params, token) => {
      const uri = documentOf(params);
      const before = this.workspace.analysis(uri);
      await nextTurn();
      const analysis = this.workspace.analysis(uri);
      if (token.isCancellationRequested) throw cancelled();
      if (!analysis) return null;
      if (analysis.source !== before?.source) throw modified();
      return answer(analysis, params);
    };
  }

  laterAt<Asked extends PositionParams, Answer>(
    answer: (analysis: Analysis, offset: number, params: Asked) => Answer,
  ): (params: Asked, token: CancellationToken) => Promise<Answer | null> {
    return this.later((analysis, params: Asked) => answer(analysis, offsetIn(analysis, params), params));
  }

  range(analysis: Analysis, span: Span) {
    return toRange(analysis.source.lineIndex, span);
  }

  locations(found: readonly { readonly uri: string; readonly span: Span }[]) {
    return found.flatMap((each) => toLocation(each, this.workspace) ?? []);
  }
}

/** The URI of the document that a request is about; `InvalidParams` where it names none. */
export function documentOf(params: DocumentParams): string {
  return readParams('textDocument', DOCUMENT, fieldOf(params, 'textDocument'), invalid).uri;
}

/** The offset that a request is about; `InvalidParams` where it names none. */
export function offsetIn(analysis: Analysis, params: PositionParams): number {
  return analysis.source.lineIndex.offsetAt(readParams('textDocument', PLACE, params, invalid).position);
}

/** What a request about a text that is no more is answered with. */
export function modified(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed');
}

/** What a request that nobody waits for any more is answered with. */
export function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
}

/** The editor shows the message of a failed request to the person who asked. */
export function refuse(reason: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
