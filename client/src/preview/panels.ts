import {
  type Disposable,
  type Position,
  type TextEditor,
  Uri,
  ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
} from 'vscode';
import type { Requests } from '../requests.ts';
import type { Progress } from '../walkthrough.ts';
import { PreviewPanel, type Wanted } from './panel.ts';

export const VIEW_TYPE = 'moeplan.preview';

/** One panel per plan, brought back after the window is reloaded. */
export class PreviewPanels implements Disposable, WebviewPanelSerializer {
  private readonly panels = new Map<string, PreviewPanel>();
  private readonly extension: Uri;
  private readonly requests: Requests;
  private readonly progress: Progress;

  constructor(extension: Uri, requests: Requests, progress: Progress) {
    this.extension = extension;
    this.requests = requests;
    this.progress = progress;
  }

  show(plan: Uri, column: ViewColumn, wanted: Wanted): void {
    const existing = this.panels.get(plan.toString());
    if (existing) {
      existing.show(wanted);
      return;
    }
    const panel = window.createWebviewPanel(
      VIEW_TYPE,
      'Preview',
      { viewColumn: column, preserveFocus: true },
      this.options(),
    );
    this.add(plan, panel).show(wanted);
  }

  /** Whether there is a preview that came by itself, and with which the reader has not worked. */
  get hasOffered(): boolean {
    return this.offered() !== undefined;
  }

  /**
   * Opens a preview that nobody has asked for, in the place of the one before it: who goes from plan to plan has one, and
   * not one for each. One that was asked for, or with which the reader has worked, stays that of its plan.
   */
  offer(plan: Uri): void {
    if (this.panels.has(plan.toString())) return;
    const before = this.offered();
    // Made before the other one goes: with its last tab the group would go, too.
    this.show(plan, before?.column ?? ViewColumn.Beside, { view: 'time' });
    this.panels.get(plan.toString())?.markOffered();
    before?.dispose();
  }

  /** Brings the preview of the plan that the reader turns to in front of another plan's preview, but in front of nothing else. */
  follow({ document, viewColumn }: TextEditor): void {
    const preview = this.panels.get(document.uri.toString());
    if (!preview || preview.isVisible || preview.column === viewColumn) return;
    const isCovered = [...this.panels.values()].some((panel) => panel.isVisible && panel.column === preview.column);
    if (isCovered) preview.bringToFront();
  }

  /** A preview follows its file, or the folder of its file, to the new name. */
  renamed(from: Uri, to: Uri): void {
    for (const [key, preview] of [...this.panels]) {
      const plan = Uri.parse(key, true);
      const isInside = plan.path.startsWith(`${from.path}/`);
      if (plan.scheme !== from.scheme || !(isInside || plan.path === from.path)) continue;
      this.panels.delete(key);
      this.add(to.with({ path: to.path + plan.path.slice(from.path.length) }), preview.release());
    }
  }

  /** The page keeps the plan's address in its state, which the editor hands back after a reload. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const address = typeof state === 'object' && state !== null && 'uri' in state ? state.uri : undefined;
    if (typeof address !== 'string') {
      panel.dispose();
      return;
    }
    panel.webview.options = this.options();
    const plan = uriOf(address);
    // The editor restores a panel when it is first seen. By then the plan may have another panel, and two would only puzzle.
    if (!plan || this.panels.has(plan.toString())) panel.dispose();
    else this.add(plan, panel);
  }

  /** The deployment that the preview of a plan shows, whether it was chosen or not. */
  shownOf(plan: Uri): string | undefined {
    return this.panels.get(plan.toString())?.shown;
  }

  changed(plan: Uri): void {
    void this.panels.get(plan.toString())?.refresh();
  }

  highlight(plan: Uri, position: Position): void {
    void this.panels.get(plan.toString())?.highlight(position);
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
  }

  private offered(): PreviewPanel | undefined {
    return [...this.panels.values()].find((panel) => panel.isOffered);
  }

  private add(plan: Uri, panel: WebviewPanel): PreviewPanel {
    const key = plan.toString();
    const preview = new PreviewPanel(plan, panel, this.extension, this.requests, this.progress);
    this.panels.set(key, preview);
    panel.onDidDispose(() => {
      if (this.panels.get(key) === preview) this.panels.delete(key);
    });
    return preview;
  }

  private options() {
    return { enableScripts: true, localResourceRoots: [Uri.joinPath(this.extension, 'dist')] };
  }
}

/** Undefined where the text is no address. */
function uriOf(address: string): Uri | undefined {
  try {
    return Uri.parse(address, true);
  } catch {
    return undefined;
  }
}
