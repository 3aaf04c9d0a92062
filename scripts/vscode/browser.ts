import { type Browser, chromium } from 'playwright-core';
import { browserFlags, ensureChromium } from './chromium.ts';
import { temporaryFolder } from './processes.ts';

/** A headless browser that leaves nothing behind. */
export interface HeadlessBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts a headless Chromium. Signals are left to `onExit`: they end this process in order, and
 * Playwright ends the browser in its own `exit` listener. Its temporary files go to a folder of ours, because a browser that is killed does not remove them.
 */
export async function launchBrowser(flags: readonly string[] = []): Promise<HeadlessBrowser> {
  const executablePath = await ensureChromium();
  const folder = temporaryFolder('browser');
  const browser = await chromium.launch({
    executablePath,
    args: [...browserFlags, ...flags],
    env: { ...process.env, TMPDIR: folder.path },
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return {
    browser,
    async close() {
      await browser.close();
      folder.remove();
    },
  };
}
