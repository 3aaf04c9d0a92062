import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { canInstall, installPackages } from './debian.ts';
import { findOnPath, isRoot } from './processes.ts';

/** Commands under which a browser of the Chromium family is found, the plainest first. */
const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
];

/**
 * Flags for a browser without a screen, network or user: nothing is fetched, updated or asked, and
 * it works where there is little shared memory, as in a container.
 */
export const browserFlags: readonly string[] = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Chromium refuses to start its sandbox as root.
  ...(isRoot() ? ['--no-sandbox'] : []),
];

/**
 * The path of a Chrome, Chromium or Edge: the one CHROME_PATH names, else one found on the PATH or
 * in a usual place, else, on Debian as root, one installed with apt-get.
 *
 * @throws an Error that says what to install, where none is found and none can be installed.
 */
export async function ensureChromium(): Promise<string> {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH names ${named}, which does not exist.`);
  }
  const found = findChromium();
  if (found !== undefined) return found;
  if (canInstall()) {
    // A fresh container has no fonts, and a page without fonts shows boxes and measures wrongly.
    await installPackages(['chromium', 'fonts-dejavu-core', 'fonts-liberation'], 'about 100 MB');
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'No Chrome, Chromium or Edge found. Install one of them (on Debian: sudo apt-get install chromium; ' +
      'elsewhere: https://www.google.com/chrome), or set CHROME_PATH to the path of one.',
  );
}

function findChromium(): string | undefined {
  return findOnPath(...commands) ?? usualPlaces().find((path) => existsSync(path));
}

function usualPlaces(): readonly string[] {
  const names = {
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'],
    win32: ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'],
    linux: ['/opt/google/chrome/chrome', '/snap/bin/chromium', '/usr/lib/chromium/chromium'],
  };
  // A browser that Playwright itself has installed for this user.
  const own = chromium.executablePath();
  switch (process.platform) {
    case 'darwin':
      return [...names.darwin.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`), own];
    case 'win32': {
      const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name]);
      return [...roots.flatMap((root) => (root === undefined ? [] : names.win32.map((name) => join(root, name)))), own];
    }
    default:
      return [...names.linux, own];
  }
}

if (import.meta.main) process.stdout.write(`${await ensureChromium()}\n`);
