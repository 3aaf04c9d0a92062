import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, inWorkspace, open, positionOf, read, write } from './support.ts';

export function diagnosticsSuite(): void {
  describe('diagnostics', () => {
    const file = 'broken.moeplan';
    let editor: vscode.TextEditor;

    before(async () => {
      const whole = await read(inWorkspace(analysis));
      const broken = whole.replace(/^cluster\b/m, 'clutser');
      assert.notEqual(broken, whole, 'the example declares a cluster');
      await write(file, broken);
      editor = await open(file);
    });
    after(closeAll);
    afterEach(() => checkOthers(undefined));

    it('names a mistake where it stands', async () => {
      const { line } = positionOf(editor.document, /^clutser\b/);
      const uri = editor.document.uri;
      const found = await diagnosticsWhen(uri, 'an error on the misspelt block', (all) => onLine(all, line).length > 0);
      const [mistake] = onLine(found, line);
      assert.match(mistake?.message ?? '', /clutser/);
      assert.equal(mistake?.severity, vscode.DiagnosticSeverity.Error);
      assert.ok(codeOf(mistake), 'the diagnostic carries the name of its rule');
    });

    it('takes it back once it is mended', async () => {
      const start = positionOf(editor.document, /^clutser\b/);
      const edit = new vscode.WorkspaceEdit();
      const word = new vscode.Range(start, start.translate(0, 'clutser'.length));
      edit.replace(editor.document.uri, word, 'cluster');
      assert.ok(await vscode.workspace.applyEdit(edit));
      await diagnosticsWhen(
        editor.document.uri,
        'no error on the block',
        (all) => onLine(all, start.line).length === 0,
      );
    });

    for (const isChecked of [true, false])
      it(`takes them back when their file is deleted, with other plans ${isChecked ? 'checked' : 'left alone'}`, async () => {
        await checkOthers(isChecked);
        const uri = await openMistake(isChecked ? 'gone.moeplan' : 'gone-too.moeplan');
        await remove(uri);
        await diagnosticsWhen(uri, 'no finding in what is gone', (all) => all.length === 0);
      });

    it('takes them back when their plan is closed and other plans are not checked', async () => {
      await checkOthers(false);
      const uri = await openMistake('closed.moeplan');
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      await diagnosticsWhen(uri, 'no finding in what is closed', (all) => all.length === 0);
    });

    it('keeps them when their plan is closed and other plans are checked, and takes them back with the file', async () => {
      await checkOthers(true);
      const uri = await openMistake('kept.moeplan');
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      const later = await openMistake('later.moeplan');
      await remove(later);
      // The answer that takes one file's findings back is about the other one, too.
      await diagnosticsWhen(later, 'no finding in what is gone', (all) => all.length === 0);
      await diagnosticsWhen(uri, 'the finding in what is closed', (all) => all.length > 0);
      await remove(uri);
      await diagnosticsWhen(uri, 'no finding in what is gone', (all) => all.length === 0);
    });

    it('shows that a claim is not met', async () => {
      const plan = await open(analysis);
      const all = await diagnosticsWhen(plan.document.uri, 'a diagnostic', (found) => found.length > 0);
      assert.ok(
        all.some((each) => /claim/.test(codeOf(each) ?? '')),
        `no diagnostic about a claim among: ${all.map(codeOf).join(', ')}`,
      );
    });
  });
}

/** Whether plans that are not open are checked; nothing leaves it to what the extension does by itself. */
async function checkOthers(isChecked: boolean | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('moeplan');
  await settings.update('workspaceDiagnostics', isChecked, vscode.ConfigurationTarget.Workspace);
}

/** A plan with a mistake, opened as a person does: a text that an extension opens stays open for minutes after its tab. */
async function openMistake(name: string): Promise<vscode.Uri> {
  const uri = inWorkspace(name);
  await write(name, 'clutser one {}\n');
  await vscode.commands.executeCommand('vscode.open', uri);
  await diagnosticsWhen(uri, 'a finding', (all) => all.length > 0);
  return uri;
}

/** Deletes a file as the explorer does, which closes its tab. */
async function remove(uri: vscode.Uri): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.deleteFile(uri);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

function onLine(all: readonly vscode.Diagnostic[], line: number): readonly vscode.Diagnostic[] {
  return all.filter(({ range, severity }) => range.start.line === line && severity === vscode.DiagnosticSeverity.Error);
}

/** The rule's name: a diagnostic's code is a plain value, or an object that also links its page. */
function codeOf(diagnostic: vscode.Diagnostic | undefined): string | undefined {
  const code = diagnostic?.code;
  if (code === undefined) return undefined;
  return String(typeof code === 'object' ? code.value : code);
}
