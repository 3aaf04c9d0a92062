import {
  type Disposable,
  type Position,
  Uri,
  type ViewColumn,
  type WebviewPanel,
  type WebviewPanelSerializer,
  window,
  workspace,
} from 'vscode';
import type { PreviewView } from '../../../server/src/services/preview/protocol.ts';
import type { Requests } from '../requests.ts';
import { PreviewPanel } from './panel.ts';

export const VIEW_TYPE = 'moeplan.preview';

/** One panel per plan, brought back after the window is reloaded. */
export class PreviewPanels implements Disposable, WebviewPanelSerializer {
  private readonly panels = new Map<string, PreviewPanel>();
  private readonly extension: Uri;
  private readonly requests: Requests;

  constructor(extension: Uri, requests: Requests) {
    this.extension = extension;
    this.requests = requests;
  }

  show(plan: Uri, column: ViewColumn, view: PreviewView): void {
    const known = this.panels.get(plan.toString());
    if (known) {
      known.reveal(view);
      return;
    }
    const name = plan.path.slice(plan.path.lastIndexOf('/') + 1);
    const panel = window.createWebviewPanel(
      VIEW_TYPE,
      `Preview ${name}`,
      { viewColumn: column, preserveFocus: true },
      this.options(),
    );
    this.add(plan, panel, view);
  }

  /** The page keeps the plan's address in its state, which the editor hands back after a reload. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const address = typeof state === 'object' && state !== null && 'uri' in state ? state.uri : undefined;
    if (typeof address !== 'string') {
      panel.dispose();
      return;
    }
    panel.webview.options = this.options();
    const plan = await openPlan(address);
    // The plan is gone, or was opened anew while its panel was brought back: an empty or second one would only puzzle.
    if (!plan || this.panels.has(plan.toString())) panel.dispose();
    else this.add(plan, panel, undefined);
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

  private add(plan: Uri, panel: WebviewPanel, view: PreviewView | undefined): void {
    const key = plan.toString();
    this.panels.set(key, new PreviewPanel(plan, panel, this.extension, this.requests, view));
    panel.onDidDispose(() => this.panels.delete(key));
  }

  private options() {
    return { enableScripts: true, localResourceRoots: [Uri.joinPath(this.extension, 'dist')] };
  }
}

/** Nothing for what is no address, or leads to no file that can be read. */
async function openPlan(address: string): Promise<Uri | undefined> {
  try {
    return (await workspace.openTextDocument(Uri.parse(address, true))).uri;
  } catch {
    return undefined;
  }
}
