/**
 * Drives the extension in a real VS Code as a person does, with mouse and keyboard, and looks at
 * the screen only: opens a plan, reads its diagnostics and hovers, works with the preview.
 *
 *   node test/vscode/drive.ts --folder DIR [--extension DIR [--web] | --vsix FILE]
 *
 * With --web the extension runs in a web worker, as it does on vscode.dev.
 *
 * The folder is edited: give it a copy of the examples. Pictures of each theme go to the folder
 * that MOEPLAN_SCREENSHOTS names, or else to out/screenshots.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { isRecord, readRecord } from '../../scripts/vscode/json.ts';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import { temporaryFolder } from '../../scripts/vscode/processes.ts';
import { lineMark, resultsVariable } from '../../scripts/vscode/results.ts';
import { startCodeServer } from '../../scripts/vscode/serve.ts';
import { quietSettings } from '../../scripts/vscode/settings.ts';
import { type Step, takeSteps } from './drive/steps.ts';
import { placeOf, Workbench } from './drive/workbench.ts';

/** Nobody has said that the folder is to be trusted, and nobody is asked: the edition for browsers is driven so. */
const restricted = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
} as const;

/** How long a condition on the screen may take; a webview alone may need five seconds. */
const patienceMs = 20_000;

const plan = 'deployment-analysis.moeplan';

/** The four kinds of theme, with the classes by which the workbench and a webview show them. */
const themes = [
  { name: 'light', label: 'Light Modern', workbench: 'vs', webview: 'vscode-light' },
  { name: 'high-contrast', label: 'Dark High Contrast', workbench: 'hc-black', webview: 'vscode-high-contrast' },
  {
    name: 'high-contrast-light',
    label: 'Light High Contrast',
    workbench: 'hc-light',
    webview: 'vscode-high-contrast-light',
  },
  { name: 'dark', label: 'Dark Modern', workbench: 'vs-dark', webview: 'vscode-dark' },
] as const;

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    extension: { type: 'string' },
    vsix: { type: 'string' },
    web: { type: 'boolean', default: false },
  },
});
const { folder, vsix } = options;
if (folder === undefined) throw new Error('usage: drive.ts --folder DIR [--extension DIR | --vsix FILE]');

const extension = options.extension ?? projectRoot;
const pictures = join(
  process.env.MOEPLAN_SCREENSHOTS ?? join(projectRoot, 'out', 'screenshots'),
  options.web ? 'web' : '',
);
mkdirSync(pictures, { recursive: true });
const text = readFileSync(join(folder, plan), 'utf8');

// Where a runner started this process: the end of the channel to it means that it is gone.
process.on('disconnect', () => process.exit(1));

const editor = await startCodeServer({
  folder,
  ...(vsix === undefined ? { extensionPath: options.web ? webOnly(extension) : extension } : { vsix }),
  // The list of problems then holds those of the file that is looked at.
  settings: {
    ...quietSettings,
    'workbench.colorTheme': 'Dark Modern',
    'moeplan.workspaceDiagnostics': false,
    ...(options.web && restricted),
  },
  restricted: options.web,
  builtInExtensions: /^theme-(defaults|seti)$/,
  onLine: (line) => process.stderr.write(`${line}\n`),
});
const { browser, close } = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
page.setDefaultTimeout(patienceMs);

/** What a content security policy has blocked: a person sees only that something is missing. */
const blocked: string[] = [];
page.on('console', (message) => {
  process.stdout.write(`${message.type()}: ${message.text()}\n`);
  if (/violates the following Content Security Policy/.test(message.text())) blocked.push(message.text());
});

/** The extension's own bundles that the page has loaded: none where it runs in a process of the server. */
const bundles: string[] = [];
page.on('request', (request) => {
  const name = /\/dist\/([\w.]+\.c?js)(?=$|[?&])/.exec(decodeURIComponent(request.url()))?.[1];
  if (name !== undefined) bundles.push(name);
});

const workbench = new Workbench(page);
const preview = workbench.webview();
const dag = preview.locator('[data-view="dag"]');
const nodes = dag.locator('[data-node-id]');
/** Nodes with no node inside them: a click on a group's middle would land on one of its members. */
const leaves = nodes.filter({ hasNot: page.locator('[data-node-id]') });

const steps: readonly Step[] = [
  {
    title: 'opens the folder and the plan in it',
    async run() {
      await page.goto(editor.url);
      await workbench.openFromExplorer(plan);
    },
  },
  {
    title: options.web ? 'is in Restricted Mode' : 'is in a trusted folder',
    async run() {
      const item = page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
      if (options.web) await item.first().waitFor();
      else assert.equal(await item.count(), 0);
    },
  },
  {
    title: 'sees the squiggle of a claim that is not met',
    async run() {
      await workbench.goToProblem(/claim/i);
      await workbench.editor.locator('.squiggly-error, .squiggly-warning, .squiggly-info').first().waitFor();
      await picture('squiggle');
    },
  },
  {
    title: 'rests the mouse on a range of GPUs and sees what their memory holds',
    async run() {
      const hover = await workbench.hover(placeOf(text, /(\bgpus\s*=\s*)\d+\.\.\d+/));
      await hover
        .locator('table', { hasText: /[GM]iB/ })
        .first()
        .waitFor();
      await picture('hover');
      await page.keyboard.press('Escape');
    },
  },
  {
    title: 'finds a name in a plan that is not open',
    async run() {
      await page.keyboard.press('ControlOrMeta+t');
      const widget = page.locator('.quick-input-widget');
      await widget.locator('input').first().fill('#deepseek-v3-32');
      await widget.locator('.monaco-list-row', { hasText: 'deepseek-v3-h800.moeplan' }).first().waitFor();
      await page.keyboard.press('Escape');
      await widget.waitFor({ state: 'hidden' });
    },
  },
  {
    title: 'opens the preview beside the plan from the command palette',
    async run() {
      await workbench.runCommand('Moeplan: Preview DAG to the Side');
      await leaves.first().waitFor();
    },
  },
  {
    title: 'clicks a node and sees its source selected, and the node marked',
    async run() {
      await workbench.goTo({ line: 1, column: 1 });
      const selection = workbench.editor.locator('.selected-text');
      assert.equal(await selection.count(), 0, 'nothing is selected before the click');
      const id = await leaves.first().getAttribute('data-node-id');
      await leaves.first().click();
      await selection.first().waitFor();
      await dag.locator(`[data-node-id=${JSON.stringify(id)}][aria-selected="true"]`).waitFor();
    },
  },
  {
    title: 'looks at each view of the preview',
    async run() {
      for (const name of ['Memory', 'Compare', 'What-if', 'Differences', 'DAG']) {
        const tab = preview.getByRole('tab', { name, exact: true });
        await tab.click();
        await preview.getByRole('tab', { name, exact: true, selected: true }).waitFor();
        await picture(`view-${name.toLowerCase()}`);
      }
    },
  },
  {
    title: 'tries a larger batch with the keyboard, writes it into the plan and takes it back',
    async run() {
      await preview.getByRole('tab', { name: 'What-if', exact: true }).click();
      const slider = preview.getByRole('slider', { name: 'Batch', exact: true });
      await slider.focus();
      await page.keyboard.press('ArrowRight');
      await preview.getByRole('row', { name: /^Latency .* worse$/ }).waitFor();
      assert.equal(readFileSync(join(folder, plan), 'utf8'), text, 'trying leaves the text alone');
      await picture('what-if');
      await preview.getByRole('button', { name: 'Write this into the plan' }).click();
      await preview.getByText(/✓ Written: .*sequences = 192/).waitFor();
      await picture('what-if-written');
      const block = /workload baseline-whole-workload extends long-batch \{\s+sequences = 192\s+\}/;
      await onDisk((written) => block.test(written));
      assert.equal(await preview.getByLabel('Batch in sequences').inputValue(), '192');
      await workbench.runCommand('View: Focus First Editor Group');
      // One undo takes it back.
      await page.keyboard.press('ControlOrMeta+z');
      await onDisk((written) => written === text);
    },
  },
  {
    title: 'compares two deployments, and is told why there is no last commit here',
    async run() {
      await preview.getByRole('tab', { name: 'Differences', exact: true }).click();
      await preview
        .getByText(/nodes added/)
        .first()
        .waitFor();
      await picture('differences');
      await preview.getByLabel('From', { exact: true }).selectOption({ label: 'baseline-whole in the last commit' });
      await preview.getByText(/This editor has no Git/).waitFor();
      await preview.getByRole('tab', { name: 'DAG', exact: true }).click();
    },
  },
  ...themes.map((theme) => ({
    title: `sees the preview in the ${theme.name} theme`,
    async run() {
      await workbench.chooseTheme(theme.label);
      await page.locator(`.monaco-workbench.${theme.workbench}`).first().waitFor();
      await preview.locator(`body.${theme.webview}`).waitFor();
      await picture(`preview-${theme.name}`);
    },
  })),
  {
    title: 'renames a stage in the text and sees the preview follow',
    async run() {
      await workbench.goTo(placeOf(text, /(^\s*stage\s+)[\w-]+/));
      // "Change All Occurrences": the stage's declaration and the edges that name it.
      await page.keyboard.press('ControlOrMeta+F2');
      await page.locator('.statusbar-item', { hasText: /\d+ selections/ }).waitFor();
      await page.keyboard.type('renamed-stage');
      await dag.getByRole('treeitem', { name: 'renamed-stage' }).first().waitFor();
      await picture('edited');
    },
  },
  {
    title: 'walks through the first minutes: a picture in each step, and what was done is ticked off',
    async run() {
      await workbench.runCommand('File: Revert File');
      await workbench.runCommand('View: Close All Editors');
      await workbench.runCommand('Moeplan: Get Started');
      const walkthrough = page.locator('.gettingStartedContainer');
      const shown = walkthrough.locator('.getting-started-step');
      const media = page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
      await shown.first().waitFor();
      for (const [index, step] of walkthroughSteps().entries()) {
        await shown.nth(index).click();
        await media.locator(`svg[data-step="${step}"]`).waitFor();
        await picture(`walkthrough-${step}`);
      }
      for (const title of ['Open a plan', 'Read the figures where you write', 'Change a degree'])
        await shown.filter({ hasText: title }).locator('.codicon.complete').first().waitFor();
      await shown.filter({ hasText: 'Mend what is wrong' }).click();
      await page.getByRole('button', { name: 'Open an Example with Mistakes' }).click();
      await workbench.editorFocused();
    },
  },
  {
    title: 'reads how long the extension took to start',
    async run() {
      await workbench.runCommand('Developer: Show Running Extensions');
      const time = page
        .locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'moeplan' })
        .locator('.activation-time');
      const text = (await time.first().textContent()) ?? '';
      assert.match(text, /\d+ ?ms/);
      process.stdout.write(`${lineMark}${text.trim()}\n`);
    },
  },
  {
    title: options.web ? 'was served by the bundles for a browser' : 'was served by the bundles for Node',
    async run() {
      const isBrowser = bundles.some((name) => /^(?:extension|server)\.browser\./.test(name));
      assert.equal(isBrowser, options.web, bundles.join(', '));
    },
  },
  {
    title: 'has seen no error pop up, and nothing was blocked',
    async run() {
      assert.deepEqual(await page.locator('.notification-toast:has(.codicon-error)').allInnerTexts(), []);
      assert.deepEqual(blocked, []);
    },
  },
];

const results = await takeSteps(steps, () => picture('failed'));
const file = process.env[resultsVariable];
if (file !== undefined) writeFileSync(file, JSON.stringify(results));
for (const { title, reason } of results.failures) process.stdout.write(`${title}\n${reason}\n`);
await close();
await editor.stop();
process.exit(results.failed === 0 ? 0 : 1);

/**
 * The extension as a browser sees it: a copy with a manifest that has no `main` and prefers no place, because an editor
 * with a server would run it there.
 */
function webOnly(path: string): string {
  const copy = temporaryFolder('web-extension').path;
  const manifest = readRecord(join(path, 'package.json'));
  delete manifest.main;
  delete manifest.extensionKind;
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
  for (const name of ['dist', 'docs', 'examples', 'l10n', 'media', 'package.nls.json', 'schemas', 'syntaxes']) {
    if (existsSync(join(path, name))) cpSync(join(path, name), join(copy, name), { recursive: true });
  }
  return copy;
}

/** Waits until the editor has saved a text of the plan that matches: it does so by itself, a moment after an edit. */
async function onDisk(matches: (written: string) => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!matches(readFileSync(join(folder ?? '', plan), 'utf8'))) {
    if (Date.now() > deadline) throw new Error('the plan on the disk is not as expected');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/** The steps of the walkthrough in their order, as the manifest names them. */
function walkthroughSteps(): readonly string[] {
  const { contributes } = readRecord(join(projectRoot, 'package.json'));
  const walkthroughs = isRecord(contributes) ? contributes.walkthroughs : undefined;
  const [walkthrough]: readonly unknown[] = Array.isArray(walkthroughs) ? walkthroughs : [];
  const steps = isRecord(walkthrough) && Array.isArray(walkthrough.steps) ? walkthrough.steps : [];
  return steps.filter(isRecord).map(({ id }) => String(id));
}

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
}
