/** The editor, as much of it as panels use. */

export class Uri {
  readonly scheme: string;
  readonly path: string;
  constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }
  static parse(text: string): Uri {
    const [, scheme, path] = /^(\w+):\/\/(.*)$/.exec(text) ?? [];
    if (scheme === undefined || path === undefined) throw new Error(`${text} is no address`);
    return new Uri(scheme, path);
  }
  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join('/'));
  }
  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}
export const state = {
  /** Files that can be read; open ones. */
  files: new Set<string>(),
  open: new Set<string>(),
  made: [] as Panel[],
  saved: [] as string[],
  errors: [] as string[],
  told: [] as string[],
  closing: new Set<(document: { readonly uri: Uri }) => void>(),
};
class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
  static from(...all: readonly Disposable[]): Disposable {
    return new Disposable(() => {
      for (const { dispose } of all) dispose();
    });
  }
}
export class Panel {
  readonly sent: unknown[] = [];
  visible = true;
  isDisposed = false;
  private receive: (message: unknown) => void = () => undefined;
  private readonly closed: (() => void)[] = [];
  private moved: () => void = () => undefined;
  title = '';
  iconPath: unknown;
  /** As in the editor, nothing may be asked of the page of a closed panel. */
  get webview() {
    if (this.isDisposed) throw new Error('Webview is disposed');
    return {
      options: {},
      html: '',
      cspSource: 'self',
      asWebviewUri: (uri: unknown) => uri,
      onDidReceiveMessage: (listener: (message: unknown) => void) => {
        this.receive = listener;
        return new Disposable(() => {
          this.receive = () => undefined;
        });
      },
      postMessage: (message: unknown) => {
        this.sent.push(message);
        return Promise.resolve(true);
      },
    };
  }
  onDidDispose(listener: () => void) {
    this.closed.push(listener);
    return new Disposable(() => undefined);
  }
  onDidChangeViewState(listener: () => void) {
    this.moved = listener;
    return new Disposable(() => undefined);
  }
  /** The reader turns to the panel, or away from it. */
  turn(isTo: boolean) {
    this.visible = isTo;
    this.moved();
  }
  reveal() {}
  dispose() {
    this.isDisposed = true;
    for (const listener of this.closed) listener();
  }
  /** What the page sends. */
  say(message: unknown) {
    this.receive(message);
  }
  types(): unknown[] {
    return this.sent.map((message) =>
      typeof message === 'object' && message && 'type' in message ? message.type : '',
    );
  }
}
/** As much of a source of cancellations as requests use. */
class CancellationTokenSource {
  readonly token = { isCancellationRequested: false };
  cancel() {
    this.token.isCancellationRequested = true;
  }
  dispose() {}
}
export const module = {
  CancellationTokenSource,
  Uri,
  Disposable,
  Range: class {},
  Selection: class {},
  TextEditorRevealType: {},
  ViewColumn: { Active: -1, Beside: -2, One: 1 },
  l10n: { t: (text: string, ...parts: readonly string[]) => text.replace('{0}', parts[0] ?? '') },
  commands: { executeCommand: () => Promise.resolve() },
  extensions: { getExtension: () => undefined },
  window: {
    createWebviewPanel: () => {
      const panel = new Panel();
      state.made.push(panel);
      return panel;
    },
    showErrorMessage: (text: string) => {
      state.errors.push(text);
      return Promise.resolve(undefined);
    },
    setStatusBarMessage: (text: string) => {
      state.told.push(text);
    },
    showSaveDialog: ({ defaultUri }: { defaultUri: Uri }) => {
      state.saved.push(defaultUri.path);
      return Promise.resolve(undefined);
    },
  },
  workspace: {
    get textDocuments() {
      return [...state.open].map((address) => ({ uri: Uri.parse(address), isDirty: false, version: 1 }));
    },
    onDidCloseTextDocument: (listener: (document: { readonly uri: Uri }) => void) => {
      state.closing.add(listener);
      return new Disposable(() => state.closing.delete(listener));
    },
    openTextDocument: async (uri: Uri) => {
      await Promise.resolve();
      if (!state.files.has(uri.toString())) throw new Error('no such file');
      state.open.add(uri.toString());
      return { uri };
    },
  },
};
