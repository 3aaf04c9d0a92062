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

/** What the registrations of requests share. It turns parameters into an analysis and an offset, and spans into positions. */
export class Answers {
  private readonly workspace: Known;

  constructor(workspace: Known) {
    this.workspace = workspace;
  }

  /** Wraps an answer so that it is null for a document that is not open. */
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
   * Wraps an answer that needs a prediction. Waiting edits and requests go first. A request that was cancelled meanwhile, or
   * whose text has changed, is not computed at all.
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

  locations(places: readonly { readonly uri: string; readonly span: Span }[]) {
    return places.flatMap((place) => toLocation(place, this.workspace) ?? []);
  }
}

/** The URI of the document that a request is about. It throws `InvalidParams` where the request names none. */
export function documentOf(params: DocumentParams): string {
  return readParams('textDocument', DOCUMENT, fieldOf(params, 'textDocument'), invalid).uri;
}

/** The offset that a request is about. It throws `InvalidParams` where the request names none. */
export function offsetIn(analysis: Analysis, params: PositionParams): number {
  return analysis.source.lineIndex.offsetAt(readParams('textDocument', PLACE, params, invalid).position);
}

/** The answer to a request about a text that has changed since. */
export function modified(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed');
}

/** The answer to a request that nobody waits for any more. */
export function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
}

/** Fails a request with a message that the editor shows to the person who asked. */
export function refuse(reason: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
