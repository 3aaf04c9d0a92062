import type { Turns } from './contain.ts';
import type { FileRequests } from './fileRequests.ts';
import type { Workspace } from './workspace.ts';

/** What follows from an answer of the editor. */
export interface Changes {
  /** Publishes the findings of these documents anew. */
  publish(uris: Iterable<string>): void;
  /** Makes the editor request again what it would not request by itself. */
  refresh(): void;
}

/** Fetches wanted files that only the editor has, and publishes what changes with them. */
export class Fetching {
  private readonly workspace: Workspace;
  private readonly files: FileRequests;
  private readonly changes: Changes;
  private readonly turns: Turns;
  private readonly heldUris = new Set<string>();
  /** How many requests for texts have no answer yet. */
  private pendingRequests = 0;

  constructor(workspace: Workspace, files: FileRequests, changes: Changes, turns: Turns) {
    this.turns = turns;
    this.workspace = workspace;
    this.files = files;
    this.changes = changes;
  }

  /** Requests from the editor what has become wanted. */
  start(): void {
    const { texts, lists } = this.workspace.sources.takeWanted();
    if (texts.length + lists.length === 0 || !this.files.available) return;
    const counts = texts.length > 0 ? 1 : 0;
    this.pendingRequests += counts;
    this.turns.background('fetching', this.fetch(texts, lists), () => {
      this.pendingRequests -= counts;
      const held = [...this.heldUris];
      this.heldUris.clear();
      this.changes.publish(held);
      this.changes.refresh();
    });
  }

  /** Whether publishing a document waits for its files. Findings made without them would be shown only for a moment. */
  holds(uri: string): boolean {
    this.start();
    if (this.pendingRequests === 0) return false;
    this.heldUris.add(uri);
    return true;
  }

  private async fetch(texts: readonly string[], lists: readonly string[]): Promise<void> {
    const { workspace, files } = this;
    const listings = await Promise.all(
      lists.map(async (extension) => [extension, await files.find(extension)] as const),
    );
    for (const [extension, below] of listings) workspace.sources.provideList(extension, below);
    if (lists.length > 0) {
      workspace.filesChanged([]);
      // The plans that were found are read too, because they are checked and searched for names without being open.
      for (const uri of workspace.planUris()) workspace.sources.read(uri);
    }
    for (const [file, reading] of await files.read(texts)) this.changes.publish(workspace.provided(file, reading));
  }
}
