/**
 * Stands in for the VS Code executable: takes the command line that `runTests` of
 * @vscode/test-electron gives to desktop VS Code, runs the same tests in a real VS Code served by
 * code-server and opened in headless Chromium, prints what the tests print and ends with their
 * exit status. So one suite and one runner serve both worlds.
 */
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type ServedEditor, startCodeServer } from './serve.ts';

/** Far beyond any run: reached only when the editor hangs, and then the log says where. */
const deadlineMs = 20 * 60_000;

interface TestRun {
  readonly folder: string;
  readonly extensionPath: string;
  readonly testsPath: string;
  readonly userDataDir?: string;
}

/** Reads the desktop command line; switches that mean nothing in a browser are passed over. */
function readCommandLine(argv: readonly string[]): TestRun {
  const { values, positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string' },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
    },
  });
  const { extensionDevelopmentPath: extensionPath, extensionTestsPath: testsPath, 'user-data-dir': user } = values;
  const folder = positionals[0];
  if (typeof extensionPath !== 'string' || typeof testsPath !== 'string' || folder === undefined) {
    throw new Error('usage: launcher.ts FOLDER --extensionDevelopmentPath=DIR --extensionTestsPath=FILE');
  }
  return { folder, extensionPath, testsPath, ...(typeof user === 'string' ? { userDataDir: user } : {}) };
}

/** Resolves with the tests' exit status, or rejects where the editor fails before it reports one. */
function testStatus(page: Page, editor: ServedEditor): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(reason));
    page.on('crash', () => fail('The page crashed before the tests had ended.'));
    page.on('close', () => fail('The page was closed before the tests had ended.'));
    void editor.exited.then((status) => fail(`code-server ended with status ${status} before the tests had ended.`));
    setTimeout(() => fail(`The tests had not ended after ${deadlineMs / 1000} s.`), deadlineMs).unref();
    openForTests(page, editor.url, resolve).catch(reject);
  });
}

/** VS Code calls these two functions where they exist: they are how a page tells about a test run. */
async function openForTests(page: Page, url: string, end: (status: number) => void): Promise<void> {
  await page.exposeFunction('codeAutomationLog', (_type: string, values: readonly unknown[]) => {
    const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
    process.stdout.write(`${text}\n`);
  });
  await page.exposeFunction('codeAutomationExit', end);
  await page.goto(url);
}

// The pipe's end means that whoever started us is gone; `exit` then ends server and browser.
process.stdin.on('end', () => process.exit(1));
process.stdin.resume();

const editor = await startCodeServer({
  ...readCommandLine(process.argv.slice(2)),
  builtInExtensions: /^(theme-defaults|markdown-(basics|language-features))$/,
  onLine: (line) => process.stderr.write(`${line}\n`),
});
const { browser, close } = await launchBrowser();
const status = await testStatus(await browser.newPage(), editor);
await close();
await editor.stop();
process.exit(status);
