import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** User settings of an editor, as in its settings.json; a record holds those of a language. */
export type Settings = Readonly<Record<string, Setting | Readonly<Record<string, Setting>>>>;
type Setting = boolean | number | string;

/**
 * Settings that keep a test's editor to itself: nothing is sent, fetched, offered or asked, so what
 * happens in it is what the extension and the test do.
 */
export const quietSettings: Settings = {
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

/** Writes the settings of a user data folder, before an editor is started on it. */
export function writeSettings(userDataDir: string, settings: Settings): void {
  const file = join(userDataDir, 'User', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}
