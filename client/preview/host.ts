import type { FromPage } from '../../server/src/services/preview/messages.ts';

/** The API that the editor gives to the page. */
export interface EditorApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): EditorApi;
}
