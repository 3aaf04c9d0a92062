import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { closeAll, diagnosticsWhen, eventually, open, positionOf, read, write } from './support.ts';

const PLAN = 'shipped.moeplan';

/** The catalogue and the pages of rules, as a person gets to them from a plan. */
export function shippedSuite(): void {
  describe('what ships with the extension', () => {
    let plan: vscode.TextDocument;
    let catalogue: vscode.TextDocument;

    before(async () => {
      await write(PLAN, 'cluster one { node = DGX-H100, count = 1 }\nmodel m { attention { head = 8 } }\n');
      ({ document: plan } = await open(PLAN));
      await diagnosticsWhen(plan.uri, 'a diagnostic', (all) => all.length > 0);
      const [found] = await definitionsAt(plan, positionOf(plan, /DGX-H100/));
      assert.ok(found, 'no definition of a node of the catalogue');
      catalogue = (await vscode.window.showTextDocument(found)).document;
    });
    after(closeAll);

    it('is the catalogue behind a name, read-only', async () => {
      assert.equal(catalogue.uri.scheme, 'moeplan-catalog');
      assert.equal(catalogue.languageId, 'moeplan');
      assert.equal(vscode.workspace.fs.isWritableFileSystem('moeplan-catalog'), false);
      await assert.rejects(async () => vscode.workspace.fs.writeFile(catalogue.uri, new Uint8Array()));
      assert.equal(await read(catalogue.uri), catalogue.getText());
    });

    it('has an outline, hovers, definitions and uses', async () => {
      const at = positionOf(catalogue, /(?<=node )DGX-H100\b/);
      const symbols = await vscode.commands.executeCommand<readonly vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        catalogue.uri,
      );
      assert.ok(symbols.some(({ name }) => /DGX-H100/.test(name)));
      const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
        'vscode.executeHoverProvider',
        catalogue.uri,
        at,
      );
      assert.ok(hovers.length > 0);
      const inside = positionOf(catalogue, /(?<=gpu\s*=\s*)H100-SXM\b/);
      const [gpu] = await definitionsAt(catalogue, inside);
      assert.equal(gpu?.scheme, 'moeplan-catalog');
      const uses = await vscode.commands.executeCommand<readonly vscode.Location[]>(
        'vscode.executeReferenceProvider',
        plan.uri,
        positionOf(plan, /DGX-H100/),
      );
      const schemes = new Set(uses.map(({ uri }) => uri.scheme));
      assert.ok(schemes.has('moeplan-catalog') && schemes.has(plan.uri.scheme), [...schemes].join());
    });

    it('has no findings', () => {
      assert.deepEqual(vscode.languages.getDiagnostics(catalogue.uri), []);
    });

    it('opens the page of a rule rendered', async () => {
      const [finding] = vscode.languages.getDiagnostics(plan.uri);
      const code = finding?.code;
      assert.ok(typeof code === 'object', 'the finding leads to no page');
      assert.equal(code.target.scheme, 'moeplan-docs');
      assert.match(await read(code.target), /^<!--|^# /);
      await vscode.commands.executeCommand('vscode.open', code.target);
      const tab = await eventually(
        vscode.window.tabGroups.onDidChangeTabs,
        'the page in a tab',
        () => vscode.window.tabGroups.activeTabGroup.activeTab,
        () => 'no tab',
      );
      assert.ok(tab.input instanceof vscode.TabInputCustom, `it opened as ${tab.label}, not rendered`);
      assert.equal(tab.input.viewType, 'vscode.markdown.preview.editor');
    });
  });
}

async function definitionsAt(document: vscode.TextDocument, position: vscode.Position): Promise<readonly vscode.Uri[]> {
  const found = await vscode.commands.executeCommand<readonly (vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    position,
  );
  return found.map((each) => ('targetUri' in each ? each.targetUri : each.uri));
}
