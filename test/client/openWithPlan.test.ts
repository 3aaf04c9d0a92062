import { beforeEach, expect, test, vi } from 'vitest';
import * as editor from './editor.ts';

class TabInputText {
  readonly uri: editor.Uri;
  constructor(uri: editor.Uri) {
    this.uri = uri;
  }
}

type Tab = { readonly input: unknown };
interface Document {
  readonly languageId: string;
  readonly uri: editor.Uri;
}

/** The tabs of each group, and what listens to the editor. */
const tabs = {
  all: [] as { tabs: Tab[] }[],
  changed: (_: { readonly closed: readonly Tab[] }) => undefined as unknown,
  turned: (_: { readonly document: Document }) => undefined as unknown,
};

vi.mock('vscode', () => ({
  ...editor.module,
  TabInputText,
  window: {
    onDidChangeActiveTextEditor: (listener: typeof tabs.turned) => {
      tabs.turned = listener;
    },
    tabGroups: {
      get all() {
        return tabs.all;
      },
      onDidChangeTabs: (listener: typeof tabs.changed) => {
        tabs.changed = listener;
      },
    },
  },
  workspace: { getConfiguration: () => ({ get: () => true }), fs: { isWritableFileSystem: () => true } },
}));

const { OpenWithPlan } = await import('../../client/src/preview/openWithPlan.ts');

const plan = editor.Uri.parse('file:///repo/plan.moeplan');
const tab = (): Tab => ({ input: new TabInputText(plan) });
let shown: string[];
let hasOffered: boolean;
beforeEach(() => {
  shown = [];
  hasOffered = false;
  const panels = {
    offer: (uri: editor.Uri) => shown.push(uri.toString()),
    get hasOffered() {
      return hasOffered;
    },
  };
  Reflect.construct(OpenWithPlan, [panels]);
});

/** The reader looks at the plan again, as after going to another file and back. */
const look = () => tabs.turned({ document: { languageId: 'moeplan', uri: plan } });

function close(closed: Tab): void {
  tabs.all = tabs.all.map((group) => ({ tabs: group.tabs.filter((each) => each !== closed) }));
  tabs.changed({ closed: [closed] });
}

test('a preview that was closed stays closed while a half of a split editor shows the plan', () => {
  const [left, right] = [tab(), tab()];
  tabs.all = [{ tabs: [left] }, { tabs: [right] }];
  look();
  close(right);
  look();
  expect(shown).toEqual([plan.toString()]);
  close(left);
  look();
  expect(shown).toHaveLength(2);
});

test('and where the tab is moved to another group', () => {
  const before = tab();
  tabs.all = [{ tabs: [before] }, { tabs: [{ input: undefined }] }];
  look();
  tabs.all = [{ tabs: [] }, { tabs: [tab()] }];
  tabs.changed({ closed: [before] });
  look();
  expect(shown).toEqual([plan.toString()]);
});

test('a preview that came by itself follows to each plan that one turns to; one that was closed does not come back', () => {
  const other = editor.Uri.parse('file:///repo/other.moeplan');
  const turnTo = (uri: editor.Uri) => tabs.turned({ document: { languageId: 'moeplan', uri } });
  turnTo(plan);
  hasOffered = true;
  turnTo(other);
  turnTo(plan);
  expect(shown).toEqual([plan, other, plan].map(String));
  hasOffered = false;
  turnTo(other);
  turnTo(plan);
  expect(shown).toHaveLength(3);
});
