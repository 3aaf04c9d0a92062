/**
 * Drives the extension in a real VS Code as a person does, with mouse and keyboard, and looks at
 * the screen only: opens a plan, reads its diagnostics and hovers, works with the preview.
 *
 *   node test/vscode/drive.ts --folder DIR [--extension DIR [--web] | --vsix FILE] [--readme]
 *
 * With --web the extension runs in a web worker, as it does on vscode.dev. With --readme it takes the
 * pictures of README only.
 *
 * The folder is edited: give it a copy of the examples. Pictures of each theme go to the folder
 * that MOEPLAN_SCREENSHOTS names, or else to out/screenshots.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { readRecord } from '../../scripts/vscode/json.ts';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import { findOnPath, temporaryFolder } from '../../scripts/vscode/processes.ts';
import { lineMark, resultsVariable } from '../../scripts/vscode/results.ts';
import { startCodeServer } from '../../scripts/vscode/serve.ts';
import { quietSettings } from '../../scripts/vscode/settings.ts';
import { commitAll, differenceSteps } from './drive/differences.ts';
import { exportSteps } from './drive/exports.ts';
import { launchSteps, SERVE, SERVE_TEXT } from './drive/launches.ts';
import { linkSteps } from './drive/link.ts';
import { panelSteps } from './drive/panels.ts';
import { readingSteps } from './drive/reading.ts';
import { readmeSteps } from './drive/readme.ts';
import { PATIENCE_MS, Session } from './drive/session.ts';
import { shippedSteps } from './drive/shipped.ts';
import { type Step, takeSteps } from './drive/steps.ts';
import { themeSteps } from './drive/themes.ts';
import { EMPTY_PLAN, typingSteps } from './drive/typing.ts';
import { walkthroughSteps } from './drive/walkthrough.ts';
import { whatIfSteps } from './drive/whatIf.ts';

/** Nobody has said that the folder is to be trusted, and nobody is asked: the edition for browsers is driven so. */
const restricted = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
} as const;

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    extension: { type: 'string' },
    vsix: { type: 'string' },
    web: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
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

writeFileSync(join(folder, EMPTY_PLAN), '');
writeFileSync(join(folder, SERVE), SERVE_TEXT);

/** Git runs beside the extension where there is one; a browser has none. */
const git = options.web || options.readme ? undefined : findOnPath('git');
if (git !== undefined) commitAll(git, folder);

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
    'files.autoSave': 'off',
    'git.enabled': git !== undefined,
    ...(options.web && restricted),
  },
  restricted: options.web,
  // Markdown's extension shows the pages of rules, and scripts are of the language of another.
  builtInExtensions:
    git === undefined
      ? /^(theme-(defaults|seti)|markdown-(basics|language-features)|shellscript)$/
      : /^(theme-(defaults|seti)|markdown-(basics|language-features)|shellscript|git|git-base)$/,
  onLine: (line) => process.stderr.write(`${line}\n`),
});
const { browser, close } = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
page.setDefaultTimeout(PATIENCE_MS);

/** What a content security policy has blocked: a person sees only that something is missing. */
const blocked: string[] = [];
page.on('console', (message) => {
  process.stdout.write(`${message.type()}: ${message.text()}\n`);
  if (/violates the following Content Security Policy/.test(message.text())) blocked.push(message.text());
});

/** Mistakes of the preview's own page; the editor's are its own affair. */
const pageErrors: string[] = [];
page.on('pageerror', (error) => {
  process.stdout.write(`pageerror: ${error.stack ?? error.message}\n`);
  if (/\bpreview\.js\b/.test(error.stack ?? '')) pageErrors.push(error.message);
});

/** The extension's own bundles that the page has loaded: none where it runs in a process of the server. */
const bundles: string[] = [];
page.on('request', (request) => {
  const name = /\/dist\/([\w.]+\.c?js)(?=$|[?&])/.exec(decodeURIComponent(request.url()))?.[1];
  if (name !== undefined) bundles.push(name);
});

const session = new Session(page, { folder, pictures, isWeb: options.web });
const { workbench } = session;

const opening: Step = {
  title: 'opens the folder and the plan in it',
  async run() {
    await page.goto(editor.url);
    await workbench.openFromExplorer(session.plan);
  },
};

const everything: readonly Step[] = [
  ...readingSteps(session),
  ...shippedSteps(session),
  ...typingSteps(session),
  ...linkSteps(session),
  ...whatIfSteps(session),
  ...differenceSteps(session, git !== undefined),
  ...themeSteps(session),
  ...exportSteps(session),
  ...panelSteps(session),
  ...walkthroughSteps(session),
  ...launchSteps(session),
  {
    title: 'has seen no message of an error, and nothing was blocked',
    async run() {
      assert.deepEqual(await workbench.errors(), []);
      assert.deepEqual(blocked, []);
      assert.deepEqual(pageErrors, []);
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
];

const steps = [opening, ...(options.readme ? readmeSteps(session) : everything)];
const results = await takeSteps(steps, () => session.picture('failed'));
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
