import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, inWorkspace, open, positionOf, write } from './support.ts';

/** What the editor itself makes of the server's answers while a plan is written. */
export function editingSuite(): void {
  describe('editing', () => {
    let document: vscode.TextDocument;

    before(async () => {
      ({ document } = await open(analysis));
      await diagnosticsWhen(document.uri, 'a diagnostic', (all) => all.length > 0);
    });
    after(closeAll);

    it('shows each finding once, with a link to its page', () => {
      const all = vscode.languages.getDiagnostics(document.uri);
      const said = all.map(({ range, message }) => `${range.start.line} ${range.start.character} ${message}`);
      assert.deepEqual(said, [...new Set(said)]);
      for (const { code } of all) assert.ok(typeof code === 'object' && code.target.path.endsWith('.md'));
    });

    it('formats a document', async () => {
      await write('untidy.moeplan', 'model  m{\nlayers=4,hidden =8\n}\n');
      const { document: untidy } = await open('untidy.moeplan');
      const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
        'vscode.executeFormatDocumentProvider',
        untidy.uri,
        { tabSize: 4, insertSpaces: false },
      );
      const edit = new vscode.WorkspaceEdit();
      edit.set(untidy.uri, edits);
      assert.ok(await vscode.workspace.applyEdit(edit));
      assert.equal(untidy.getText(), 'model m {\n  layers = 4, hidden = 8\n}\n');
    });

    it('formats a document when it is saved', async () => {
      await write('saved.moeplan', 'model m { layers = 4 }\n');
      const editor = await open('saved.moeplan');
      await editor.edit((change) => change.insert(new vscode.Position(1, 0), 'workload   w{sequences=1}\n'));
      assert.ok(await editor.document.save());
      assert.equal(editor.document.getText(), 'model m { layers = 4 }\nworkload w { sequences = 1 }\n');
    });

    it('says what a value may be while it is written', async () => {
      await write('value.moeplan', 'gpu g { memory = 80 }\n');
      const { document: value } = await open('value.moeplan');
      const help = await vscode.commands.executeCommand<vscode.SignatureHelp>(
        'vscode.executeSignatureHelpProvider',
        value.uri,
        new vscode.Position(0, 19),
        '=',
      );
      assert.match(help.signatures[0]?.label ?? '', /^memory = number GiB \|/);
    });

    it('finds names in plans that are not open', async () => {
      const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
        'vscode.executeWorkspaceSymbolProvider',
        'deepseek-v3-32',
      );
      assert.ok(symbols.some(({ location }) => location.uri.path.endsWith('deepseek-v3-h800.moeplan')));
    });

    it('hints what follows from degrees, experts and GPUs', async () => {
      const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        new vscode.Range(0, 0, document.lineCount, 0),
      );
      const labels = hints.map(({ label }) => String(label));
      for (const wanted of [/^\(4 heads each\)$/, /^\(512 MiB each\)$/, /^\([\d.]+ of 79\.2 GiB\)$/])
        assert.ok(
          labels.some((label) => wanted.test(label)),
          `no hint ${wanted} among ${labels}`,
        );
    });

    it('puts lenses over deployments whose commands are there', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        100,
      );
      const there = await vscode.commands.getCommands(true);
      const commands = lenses.flatMap(({ command }) => (command?.command ? [command.command] : []));
      assert.deepEqual([...new Set(commands)].sort(), [
        'moeplan.compareDeployments',
        'moeplan.findBetterPlan',
        'moeplan.previewDagToSide',
      ]);
      for (const command of commands) assert.ok(there.includes(command), `${command} is not registered`);
    });

    it('offers degrees that divide, with what they come to', async () => {
      const at = positionOf(document, /\btp\s*=/).translate(0, 'tp = '.length);
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        at,
      );
      const eight = items.find(({ label }) => (typeof label === 'string' ? label : label.label) === '8');
      assert.match(String(eight?.detail), /^4 heads each, [\d.]+ of 79\.2 GiB/);
    });

    it('finds what places a GPU', async () => {
      const at = positionOf(document, /\bgpus\s*=/).translate(0, 'gpus = '.length);
      const [gpu] = await vscode.commands.executeCommand<vscode.CallHierarchyItem[]>(
        'vscode.prepareCallHierarchy',
        document.uri,
        at,
      );
      assert.equal(gpu?.name, 'GPU 0');
      const calls = await vscode.commands.executeCommand<vscode.CallHierarchyIncomingCall[]>(
        'vscode.provideIncomingCalls',
        gpu,
      );
      assert.deepEqual(
        calls.map(({ from }) => from.name),
        ['front'],
      );
    });

    it('moves a model into a file of its own', async () => {
      const start = positionOf(document, /\bmodel moe-4l/);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(start, start),
        vscode.CodeActionKind.RefactorExtract.value,
      );
      const move = actions.find(({ title }) => title === 'Move model `moe-4l` into ./moe-4l.moeplan');
      assert.ok(move?.edit, `among ${actions.map(({ title }) => title)}`);
      assert.ok(await vscode.workspace.applyEdit(move.edit));
      const moved = await vscode.workspace.openTextDocument(inWorkspace('moe-4l.moeplan'));
      assert.match(moved.getText(), /\nmodel moe-4l \{\n/);
      assert.match(document.getText(), /\nimport "\.\/moe-4l\.moeplan"\n/);
    });

    it('begins a new plan from a template', async () => {
      await vscode.commands.executeCommand('moeplan.newPlan', 'serving');
      const active = vscode.window.activeTextEditor?.document;
      assert.equal(active?.languageId, 'moeplan');
      assert.match(active.getText(), /^deployment /m);
    });
  });
}
