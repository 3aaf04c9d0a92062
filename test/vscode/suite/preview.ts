import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, eventually, inWorkspace, open, read, write } from './support.ts';

const OTHER = 'deepseek-v3-h800.moeplan';

/** Panels as the editor sees them: which there are, of which plans, and which is in front. */
export function previewSuite(): void {
  describe('previews', () => {
    beforeEach(async () => {
      const { document } = await open(analysis);
      await diagnosticsWhen(document.uri, 'a diagnostic', (all) => all.length > 0);
    });
    afterEach(closeAll);

    it('are one for each plan, and the one of the plan that is turned to comes to the front', async () => {
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      await open(OTHER);
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      await inFront(OTHER);
      assert.deepEqual(labels(), [analysis, OTHER].map(labelOf));
      await open(analysis);
      await inFront(analysis);
      assert.deepEqual(labels(), [analysis, OTHER].map(labelOf));
    });

    it('go along when their plan is renamed', async () => {
      await write('before.moeplan', await read(inWorkspace(analysis)));
      await open('before.moeplan');
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      await inFront('before.moeplan');
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(inWorkspace('before.moeplan'), inWorkspace('after.moeplan'));
      assert.ok(await vscode.workspace.applyEdit(edit));
      await inFront('after.moeplan');
      assert.deepEqual(labels(), [labelOf('after.moeplan')]);
      await open('after.moeplan');
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      assert.deepEqual(labels(), [labelOf('after.moeplan')]);
    });

    it('open beside a plan that is opened, for those who have set so: one that follows, and stays closed when closed', async () => {
      const settings = vscode.workspace.getConfiguration('moeplan');
      await settings.update('preview.openWithPlan', true, vscode.ConfigurationTarget.Global);
      try {
        // That of the plan that is looked at comes with the setting.
        await inFront(analysis);
        // A lens of the plan shows another view in it, which does not pin it to the plan.
        await vscode.commands.executeCommand('moeplan.previewDagToSide', inWorkspace(analysis), undefined, 'memory');
        await openToStay(OTHER);
        await inFront(OTHER);
        await only();
        await openToStay(analysis);
        await inFront(analysis);
        await only();
        await closeTab(labelOf(analysis));
        await openToStay(OTHER);
        await openToStay('hand-drawn-layers.moeplan');
        await inFront('hand-drawn-layers.moeplan');
        assert.deepEqual(labels(), ['hand-drawn-layers.moeplan'].map(labelOf));
      } finally {
        await settings.update('preview.openWithPlan', undefined, vscode.ConfigurationTarget.Global);
      }
    });

    it('open for a line, and leave the cursor in the text', async () => {
      await vscode.commands.executeCommand('moeplan.showLineInPreview');
      await inFront(analysis);
      assert.equal(vscode.window.activeTextEditor?.document.uri.path, inWorkspace(analysis).path);
    });

    it('a caller that names a place is told when nothing could be written there', async () => {
      const below = vscode.Uri.joinPath(inWorkspace(analysis), 'below-a-file.dot');
      await assert.rejects(async () => {
        await vscode.commands.executeCommand('moeplan.exportDot', inWorkspace(analysis), below);
      });
    });
  });
}

/** In a tab of its own: that of a plan which is only looked at is closed by the next. */
async function openToStay(name: string): Promise<void> {
  await vscode.window.showTextDocument(inWorkspace(name), { preview: false });
}

async function closeTab(label: string): Promise<void> {
  const [tab] = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter((each) => each.label === label);
  assert.ok(tab);
  await vscode.window.tabGroups.close(tab);
}

/** Until there is one preview: that in whose place it came goes after it. */
async function only(): Promise<void> {
  await eventually(
    vscode.window.tabGroups.onDidChangeTabs,
    'one preview',
    () => (labels().length === 1 ? true : undefined),
    () => labels().join(', '),
  );
}

function labelOf(plan: string): string {
  return `Preview ${plan}`;
}

function previews(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('moeplan'));
}

function labels(): readonly string[] {
  return previews().map(({ label }) => label);
}

function inFront(plan: string): Promise<vscode.Tab> {
  return eventually(
    vscode.window.tabGroups.onDidChangeTabs,
    `the preview of ${plan} in front`,
    () => previews().find(({ label, isActive }) => isActive && label === labelOf(plan)),
    () =>
      previews()
        .map(({ label, isActive }) => `${label}${isActive ? ' in front' : ''}`)
        .join(', '),
  );
}
