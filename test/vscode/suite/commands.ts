import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, eventually, inWorkspace, open, read, write } from './support.ts';

/** The commands that write a file, the name of the file and how its text begins. */
const exports: readonly { readonly command: string; readonly file: string; readonly begins: RegExp }[] = [
  { command: 'moeplan.exportDot', file: 'plan.dot', begins: /^\s*(strict\s+)?digraph\b/ },
  { command: 'moeplan.exportSvg', file: 'plan.svg', begins: /^\s*(<\?xml[^>]*>\s*)?<svg\b/ },
  { command: 'moeplan.exportMermaid', file: 'plan.mmd', begins: /^---\ntitle: / },
  { command: 'moeplan.exportJson', file: 'plan.moeplan.graph.json', begins: /^\{\s*"deployment":/ },
  { command: 'moeplan.exportTrace', file: 'plan.trace.json', begins: /^\{"displayTimeUnit":/ },
  { command: 'moeplan.exportReport', file: 'plan.md', begins: /^# \S/ },
  { command: 'moeplan.exportFigures', file: 'plan.moeplan.inspect.json', begins: /^\{\n {2}"/ },
];

/** As little of a config as says what model it is. */
const MIXTRAL = JSON.stringify({ architectures: ['MixtralForCausalLM'], model_type: 'mixtral', num_hidden_layers: 2 });

const previews = [
  'moeplan.previewDag',
  'moeplan.previewDagToSide',
  'moeplan.compareDeployments',
  'moeplan.findBetterPlan',
  'moeplan.showLineInPreview',
];

export function commandsSuite(): void {
  describe('commands', () => {
    let plan: vscode.TextEditor;

    beforeEach(async () => {
      plan = await open(analysis);
      await diagnosticsWhen(plan.document.uri, 'a diagnostic', (all) => all.length > 0);
    });
    afterEach(closeAll);

    it('are all there', async () => {
      const there = await vscode.commands.getCommands(true);
      for (const command of [...previews, ...exports.map((each) => each.command)]) {
        assert.ok(there.includes(command), `${command} is not registered`);
      }
    });

    it('preview the plan in place of the editor', async () => {
      await vscode.commands.executeCommand('moeplan.previewDag');
      assert.equal((await previewTab()).group.viewColumn, plan.viewColumn);
    });

    it('preview the plan beside the editor', async () => {
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      assert.notEqual((await previewTab()).group.viewColumn, plan.viewColumn);
    });

    it('open one preview for a plan, however often they are run', async () => {
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      await previewTab();
      await vscode.commands.executeCommand('moeplan.previewDagToSide');
      assert.equal(previewTabs().length, 1);
    });

    it('compare deployments in the preview', async () => {
      await vscode.commands.executeCommand('moeplan.compareDeployments');
      await previewTab();
    });

    it("open an example as a plan of one's own", async () => {
      await vscode.commands.executeCommand('moeplan.openExample', 'broken');
      const opened = vscode.window.activeTextEditor?.document;
      assert.ok(opened?.isUntitled && opened.languageId === 'moeplan');
      await diagnosticsWhen(opened.uri, 'mistakes', (all) => all.length > 3);
    });

    it('import a Hugging Face config of the workspace', async () => {
      await write('mixtral/config.json', MIXTRAL);
      await write('imports.moeplan', '// Mine.\n\nworkload w { sequences = 1, length = 10 tokens }\n');
      await vscode.commands.executeCommand(
        'moeplan.importConfig',
        inWorkspace('imports.moeplan'),
        inWorkspace('mixtral/config.json'),
      );
      const { document } = await open('imports.moeplan');
      assert.match(document.getText(), /^\/\/ Mine\.\n\nmodel mixtral from "\.\/mixtral\/config\.json"\n\nworkload/);
      await vscode.commands.executeCommand('workbench.action.files.save');
    });

    it('import a launch of the workspace as a plan', async () => {
      await write('serve.sh', 'vllm serve deepseek-ai/DeepSeek-R1 --tensor-parallel-size 8 # on 8xH200\n');
      await vscode.commands.executeCommand('moeplan.importLaunch', inWorkspace('serve.sh'));
      const opened = vscode.window.activeTextEditor?.document;
      assert.ok(opened?.isUntitled && opened.languageId === 'moeplan');
      assert.match(opened.getText(), /deployment serve \{[\s\S]*parallel \{ tp = 8 \}/);
    });

    it('write what starts a deployment', async () => {
      await write(
        'started.moeplan',
        'workload w { input = 100 tokens, output = 100 tokens, concurrency = 8 }\ncluster c { node = DGX-H200, count = 1 }\n' +
          'deployment prod { model = DeepSeek-R1, cluster = c, workload = w, parallel { tp = 8 }, engine { name = vllm } }\n',
      );
      const { document } = await open('started.moeplan');
      await vscode.commands.executeCommand(
        'moeplan.writeLaunch',
        document.uri,
        'prod',
        'kubernetes',
        inWorkspace('out'),
      );
      assert.match(await read(inWorkspace('out/prod.yaml')), /kind: Deployment/);
      await vscode.commands.executeCommand('moeplan.writeLaunch', document.uri, 'prod', 'shell', inWorkspace('out'));
      assert.match(await read(inWorkspace('out/prod.sh')), /vllm serve deepseek-ai\/DeepSeek-R1/);
    });

    for (const { command, file, begins } of exports) {
      it(`write ${file}`, async () => {
        // With a target the command does not ask for one.
        await vscode.commands.executeCommand(command, plan.document.uri, inWorkspace(file));
        assert.match(await read(inWorkspace(file)), begins);
      });
    }

    it('write the pictures that a report links to beside it', async () => {
      await vscode.commands.executeCommand('moeplan.exportReport', plan.document.uri, inWorkspace('with pictures.md'));
      const report = await read(inWorkspace('with pictures.md'));
      const links = [...report.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, link = '']) => decodeURIComponent(link));
      assert.equal(links.length, 3);
      for (const link of links) assert.match(await read(inWorkspace(link)), /^<svg\b/);
    });
  });
}

function previewTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('moeplan'));
}

function previewTab(): Promise<vscode.Tab> {
  return eventually(
    vscode.window.tabGroups.onDidChangeTabs,
    'a preview',
    () => previewTabs()[0],
    () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)).join(', '),
  );
}
