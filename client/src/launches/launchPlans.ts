import {
  type CancellationToken,
  commands,
  Disposable,
  type Event,
  EventEmitter,
  l10n,
  type TextDocumentContentProvider,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import type { Requests } from '../requests.ts';

/** Plans that launches are, as texts that cannot be edited: they follow their launch. */
const SCHEME = 'moeplan-launch';

/** Registers the plans of launches, and the command of their lenses, which opens one beside its launch. */
export function registerLaunchPlans(requests: Requests, changed: Event<Uri>): Disposable {
  const plans = new LaunchPlans(requests);
  return Disposable.from(
    plans,
    changed((launch) => plans.update(launch)),
    workspace.registerTextDocumentContentProvider(SCHEME, plans),
    commands.registerCommand('moeplan.openLaunchPlan', open),
  );
}

/** The address of a launch's plan. It names the launch, so that it can be made again after the editor was closed. */
function planOf(launch: Uri): Uri {
  const path = launch.path.replace(/\.\w+$/, '');
  return Uri.from({ scheme: SCHEME, path: `${path}.moeplan`, query: launch.toString() });
}

/** Opens the plan of a launch beside it, and over it a view of its preview where one is named. */
async function open(launch: unknown, deployment: unknown, view: unknown): Promise<void> {
  const active = window.activeTextEditor?.document.uri;
  const uri = typeof launch === 'string' ? Uri.parse(launch) : launch instanceof Uri ? launch : active;
  if (!uri) return;
  const plan = planOf(uri);
  const isPreviewed = typeof view === 'string';
  await window.showTextDocument(plan, { viewColumn: ViewColumn.Beside, preserveFocus: isPreviewed });
  if (isPreviewed) await commands.executeCommand('moeplan.previewDagToSide', plan, deployment, view);
}

class LaunchPlans implements TextDocumentContentProvider, Disposable {
  private readonly changes = new EventEmitter<Uri>();
  readonly onDidChange = this.changes.event;
  private readonly requests: Requests;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  update(launch: Uri): void {
    const plan = planOf(launch).toString();
    for (const { uri } of workspace.textDocuments) if (uri.toString() === plan) this.changes.fire(uri);
  }

  async provideTextDocumentContent({ query }: Uri, _token: CancellationToken): Promise<string> {
    const launch = await workspace.openTextDocument(Uri.parse(query));
    const plan = await this.requests.importLaunch(launch.uri, launch.getText());
    return plan ?? `// ${l10n.t('{0} launches no engine any more.', workspace.asRelativePath(launch.uri))}\n`;
  }

  dispose(): void {
    this.changes.dispose();
  }
}
