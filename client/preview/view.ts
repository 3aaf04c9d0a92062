import type { ExportFormat } from '../../server/src/services/preview/exportFormats.ts';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import type { Models, SavedState, Shown } from './state.ts';
import type { Tooltips } from './tooltip.ts';

/** One view of a deployment, behind its tab. */
export interface View {
  readonly root: HTMLElement;
  /** Draws what is shown. Only the view that is seen is asked to. */
  show(shown: Shown): void;
  /** The cursor is at these nodes of a deployment. */
  highlight?(deployment: string, nodes: readonly string[]): void;
  /** What is drawn on a canvas does not follow the style sheet by itself. */
  themeChanged?(): void;
  /** A message that the page itself does nothing with. */
  receive?(message: ToPage): void;
  /**
   * What the editor keeps of it while the page is away, as `readSaved` reads it. `isKept` says which deployments there still
   * are.
   */
  saved?(isKept: (deployment: string) => boolean): object;
}

/** What a view has of the page that it is on. */
export interface Page {
  /** Where tips that follow the pointer are put. */
  readonly tips: Element;
  readonly tooltips: Tooltips;
  readonly models: Models;
  /** What was kept of the views. */
  readonly saved: SavedState;
  /** Selects what a node or a figure stands for in the text. */
  reveal(deployment: string, id: string): void;
  post(message: FromPage): void;
  /** Saves the deployment that is shown. */
  exportAs(format: ExportFormat): void;
  /** What is to be kept has changed. */
  changed(): void;
}
