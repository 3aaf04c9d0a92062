import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
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

function onLine(all: readonly vscode.Diagnostic[], line: number): readonly vscode.Diagnostic[] {
  return all.filter(({ range, severity }) => range.start.line === line && severity === vscode.DiagnosticSeverity.Error);
}

/** The rule's name: a diagnostic's code is a plain value, or an object that also links its page. */
function codeOf(diagnostic: vscode.Diagnostic | undefined): string | undefined {
  const code = diagnostic?.code;
  if (code === undefined) return undefined;
  return String(typeof code === 'object' ? code.value : code);
}
