import type { FromPage } from '../../server/src/services/preview/messages.ts';

/** What the editor gives the page. */
export interface EditorApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): EditorApi;
}
