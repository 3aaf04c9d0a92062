import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, inWorkspace, open, theExtension, write } from './support.ts';

export function activationSuite(): void {
  describe('opening a plan', () => {
    afterEach(closeAll);

    it('is what the extension waits for', () => {
      assert.equal(theExtension().isActive, false);
    });

    it('registers the language', async () => {
      assert.ok((await vscode.languages.getLanguages()).includes('moeplan'));
    });

    it('gives .moeplan files that language', async () => {
      assert.equal((await open(analysis)).document.languageId, 'moeplan');
    });

    it('starts the extension and its language server', async () => {
      await write('activation.moeplan', 'no-such-block {\n}\n');
      await open('activation.moeplan');
      const found = await diagnosticsWhen(inWorkspace('activation.moeplan'), 'a diagnostic', (all) => all.length > 0);
      assert.equal(found[0]?.source, 'moeplan');
      assert.ok(theExtension().isActive);
    });

    it('knows how the language writes comments', async () => {
      await write('comment.moeplan', 'model a {\n}\n');
      const editor = await open('comment.moeplan');
      await vscode.commands.executeCommand('editor.action.commentLine');
      assert.equal(editor.document.lineAt(0).text, '// model a {');
    });
  });
}
