import type { ExportFormat } from '../../server/src/services/preview/exportFormats.ts';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import type { PreviewView } from '../../server/src/services/preview/views.ts';
import type { Models, SavedState, Shown } from './state.ts';
import type { Tooltips } from './tooltip.ts';

/** One view of a deployment, behind its tab. */
export interface View {
  readonly root: HTMLElement;
  /** Draws a deployment. Only the visible view is asked to. */
  show(shown: Shown): void;
  /** The cursor in the text is at these nodes of a deployment. */
  highlight?(deployment: string, nodes: readonly string[]): void;
  /** Selects the first of these operations, nodes or steps that it draws. */
  point?(ids: readonly string[]): void;
  /** The theme has changed. Canvases must be drawn again, because they do not follow the style sheet by themselves. */
  themeChanged?(): void;
  /** Chooses by name what is shown of a deployment, which may be shown only later. */
  chooseNamed?(deployment: string, name: string): void;
  /** Another view is shown now, or nothing can be. What goes on for this one alone ends. */
  away?(): void;
  /** A message for which the page itself does nothing. */
  receive?(message: ToPage): void;
  /**
   * The state that the editor keeps while the page is away, as `readSaved` reads it. `isKept` tells whether a deployment still
   * exists.
   */
  saved?(isKept: (deployment: string) => boolean): object;
}

/** What the page offers to its views. */
export interface Page {
  /** The element in which tips that follow the pointer are put. */
  readonly tips: Element;
  readonly tooltips: Tooltips;
  readonly models: Models;
  /** The state of the views that was saved. */
  readonly saved: SavedState;
  /** Selects the source of a node or a figure in the text. */
  reveal(deployment: string, id: string): void;
  /** Turns to a view, and selects in it the first of these that it draws. */
  show(view: PreviewView, ids: readonly string[]): void;
  post(message: FromPage): void;
  /** Exports the deployment that is shown. */
  exportAs(format: ExportFormat): void;
  /** The state to be saved has changed. */
  changed(): void;
}
