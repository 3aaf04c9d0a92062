import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { closeAll, diagnosticsWhen, eventually, open, positionOf, write } from './support.ts';

const TOO_LARGE = `#!/bin/bash
# on 8xH100
vllm serve deepseek-ai/DeepSeek-R1 \\
  --tensor-parallel-size 8 \\
  --max-num-seqs 64
`;

export function launchesSuite(): void {
  describe('a script that starts an engine', () => {
    afterEach(closeAll);

    it('has its findings at the flags until they are mended', async () => {
      await write('too-large.sh', TOO_LARGE);
      const { document } = await open('too-large.sh');
      const [finding] = await diagnosticsWhen(document.uri, 'a finding', (all) => all.length > 0);
      assert.equal(document.getText(finding?.range), '--tensor-parallel-size 8');
      assert.match(finding?.message ?? '', /GiB/);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(1).range, '# on 8xB300');
      await vscode.workspace.applyEdit(edit);
      await diagnosticsWhen(document.uri, 'none', (all) => all.length === 0);
    });

    it('tells on hover what a flag does, and above the command whether it fits', async () => {
      await write('hovered.sh', TOO_LARGE);
      const { document } = await open('hovered.sh');
      await diagnosticsWhen(document.uri, 'a finding', (all) => all.length > 0);
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        positionOf(document, /parallel-size/),
      );
      const texts = hovers.flatMap(({ contents }) =>
        contents.map((content) => (typeof content === 'string' ? content : content.value)),
      );
      assert.match(texts.join('\n'), /`tp = 8`/);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      const titles = lenses.map(({ command }) => command?.title ?? '');
      assert.ok(titles.some((title) => title.startsWith('does not fit: ')));
      assert.ok(titles.includes('Open as plan'));
    });

    it('completes flags of the engine', async () => {
      await write('typed.sh', 'vllm serve deepseek-ai/DeepSeek-R1 --max-num-');
      const { document } = await open('typed.sh');
      await diagnosticsWhen(document.uri, 'a finding', (all) => all.length > 0);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.lineAt(0).range.end,
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      assert.ok(labels.includes('--max-num-seqs'), labels.slice(0, 20).join());
    });

    it('opens as a plan that follows it', async () => {
      await write('followed.sh', TOO_LARGE);
      const { document } = await open('followed.sh');
      await vscode.commands.executeCommand('moeplan.openLaunchPlan', document.uri.toString());
      const plan = vscode.window.activeTextEditor?.document;
      assert.ok(plan?.languageId === 'moeplan' && plan.uri.scheme === 'moeplan-launch');
      assert.match(plan.getText(), /parallel \{ tp = 8 \}/);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(3).range, '  --tensor-parallel-size 4 \\');
      await vscode.workspace.applyEdit(edit);
      await eventually(
        vscode.workspace.onDidChangeTextDocument,
        'the plan of the edited launch',
        () => (/parallel \{ tp = 4 \}/.test(plan.getText()) ? plan : undefined),
        () => plan.getText(),
      );
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    });

    it('has nothing where it is switched off, and neither has one that starts nothing', async () => {
      const settings = vscode.workspace.getConfiguration('moeplan');
      await write('off.sh', TOO_LARGE);
      const { document } = await open('off.sh');
      await diagnosticsWhen(document.uri, 'a finding', (all) => all.length > 0);
      await settings.update('launchFiles', false, vscode.ConfigurationTarget.Workspace);
      await diagnosticsWhen(document.uri, 'none', (all) => all.length === 0);
      await settings.update('launchFiles', undefined, vscode.ConfigurationTarget.Workspace);
      await diagnosticsWhen(document.uri, 'a finding', (all) => all.length > 0);
      await write('nothing.sh', 'pip install vllm\n');
      const nothing = (await open('nothing.sh')).document.uri;
      assert.deepEqual(await vscode.commands.executeCommand('vscode.executeCodeLensProvider', nothing), []);
    });
  });
}
