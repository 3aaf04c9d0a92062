import { beforeEach, expect, test, vi } from 'vitest';
import { module, Uri } from './editor.ts';

interface Finding {
  readonly source: string;
  readonly severity: number;
}

interface Visible {
  readonly document: { readonly uri: Uri; getText(): string };
}

/** What listens to the editor, and what there is in it. */
const editor = {
  findings: [] as Finding[],
  visible: [] as Visible[],
  diagnosed: (_: { readonly uris: readonly Uri[] }) => undefined as unknown,
  seen: (_: readonly Visible[]) => undefined as unknown,
  started: (_: unknown) => undefined as unknown,
  configured: (_: { affectsConfiguration(section: string): boolean }) => undefined as unknown,
};

vi.mock('vscode', () => ({
  Disposable: module.Disposable,
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  commands: { registerCommand: () => undefined, executeCommand: () => Promise.resolve() },
  languages: {
    onDidChangeDiagnostics: (listener: typeof editor.diagnosed) => {
      editor.diagnosed = listener;
    },
    getDiagnostics: () => editor.findings,
  },
  tasks: {
    onDidStartTask: (listener: typeof editor.started) => {
      editor.started = listener;
    },
  },
  window: {
    onDidChangeVisibleTextEditors: (listener: typeof editor.seen) => {
      editor.seen = listener;
    },
    get visibleTextEditors() {
      return editor.visible;
    },
  },
  workspace: {
    textDocuments: [],
    onDidOpenTextDocument: () => undefined,
    onDidChangeTextDocument: () => undefined,
    onDidChangeConfiguration: (listener: typeof editor.configured) => {
      editor.configured = listener;
    },
  },
}));

const { registerWalkthrough, WalkthroughProgress } = await import('../../client/src/walkthrough.ts');

const plan = Uri.parse('file:///repo/plan.moeplan');
const ERROR: Finding = { source: 'moeplan', severity: 0 };
const HINT: Finding = { source: 'moeplan', severity: 3 };
const PLAN = 'cluster c { }\ndeployment d { }\n';
let text = PLAN;
const shown: Visible = { document: { uri: plan, getText: () => text } };
let done: string[];
beforeEach(() => {
  done = [];
  const progress = new WalkthroughProgress();
  vi.spyOn(progress, 'add').mockImplementation((step) => done.push(step));
  registerWalkthrough('moeplan.moeplan', progress);
  text = PLAN;
  editor.visible = [shown];
});

function diagnose(...findings: readonly Finding[]): void {
  editor.findings = [...findings];
  editor.diagnosed({ uris: [plan] });
}

test('a plan is mended once it has no problems where it was opened with some', () => {
  diagnose(ERROR, ERROR, HINT);
  diagnose(ERROR, ERROR, ERROR);
  diagnose(ERROR, ERROR);
  expect(done).toEqual([]);
  diagnose(ERROR);
  expect(done).toEqual([]);
  diagnose(HINT);
  expect(done).toEqual(['mended']);
});

test('a plan whose deployment is deleted is not mended', () => {
  diagnose(ERROR);
  text = 'cluster c { }\n// deployment d { }\n';
  diagnose();
  text = '';
  diagnose();
  expect(done).toEqual([]);
});

test('so is one whose problems were known before it was opened', () => {
  editor.visible = [];
  diagnose(ERROR, ERROR);
  editor.visible = [shown];
  editor.seen(editor.visible);
  diagnose();
  expect(done).toEqual(['mended']);
});

test('what is closed, typed or found by others is not mended', () => {
  diagnose(ERROR, { source: 'other', severity: 0 });
  diagnose(ERROR);
  editor.visible = [];
  diagnose();
  editor.visible = [shown];
  diagnose();
  diagnose(ERROR);
  diagnose();
  expect(done).toEqual([]);
});

test('a task of ours and a changed setting of ours are steps, and those of others are not', () => {
  const start = (type: string) => editor.started({ execution: { task: { definition: { type } } } });
  const configure = (section: string) =>
    editor.configured({ affectsConfiguration: (asked) => section.startsWith(asked) });
  start('npm');
  configure('editor.fontSize');
  expect(done).toEqual([]);
  start('moeplan');
  configure('moeplan.codeLens');
  expect(done).toEqual(['taken', 'set']);
});
