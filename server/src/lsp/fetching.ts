import type { Turns } from './contain.ts';
import type { FileRequests } from './fileRequests.ts';
import type { Workspace } from './workspace.ts';

/** What an answer of the editor changes. */
export interface Changes {
  /** These documents are to be published anew. */
  publish(uris: Iterable<string>): void;
  /** The editor is to ask again for what it does not ask by itself. */
  refresh(): void;
}

/** Fetches what is wanted and only the editor has, and tells what follows from it. */
export class Fetching {
  private readonly workspace: Workspace;
  private readonly files: FileRequests;
  private readonly changes: Changes;
  private readonly turns: Turns;
  private readonly held = new Set<string>();
  /** How many questions for texts have no answer yet. */
  private asked = 0;

  constructor(workspace: Workspace, files: FileRequests, changes: Changes, turns: Turns) {
    this.turns = turns;
    this.workspace = workspace;
    this.files = files;
    this.changes = changes;
  }

  /** Asks the editor for what has come to be wanted. */
  start(): void {
    const { texts, lists } = this.workspace.sources.takeWanted();
    if (texts.length + lists.length === 0 || !this.files.available) return;
    const counts = texts.length > 0 ? 1 : 0;
    this.asked += counts;
    this.turns.background('fetching', this.fetch(texts, lists), () => {
      this.asked -= counts;
      const held = [...this.held];
      this.held.clear();
      this.changes.publish(held);
      this.changes.refresh();
    });
  }

  /** Diagnostics of a document whose files are on their way would only flash up: it is published when they are there. */
  holds(uri: string): boolean {
    this.start();
    if (this.asked === 0) return false;
    this.held.add(uri);
    return true;
  }

  private async fetch(texts: readonly string[], lists: readonly string[]): Promise<void> {
    const { workspace, files } = this;
    const found = await Promise.all(lists.map(async (extension) => [extension, await files.find(extension)] as const));
    for (const [extension, below] of found) workspace.sources.provideList(extension, below);
    if (lists.length > 0) {
      workspace.filesChanged([]);
      // Plans that are found are read, too: they are checked and searched for names without being open.
      for (const uri of workspace.planUris()) workspace.sources.read(uri);
    }
    for (const [file, reading] of await files.read(texts)) this.changes.publish(workspace.provided(file, reading));
  }
}
