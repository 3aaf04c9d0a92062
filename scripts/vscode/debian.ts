import { existsSync, readFileSync } from 'node:fs';
import { findOnPath, isRoot, runQuietly } from './processes.ts';

/** True on Debian proper as root: on Ubuntu some packages of these names are snaps, which need a running snapd. */
export function canInstall(): boolean {
  if (process.platform !== 'linux' || !isRoot() || findOnPath('apt-get') === undefined) return false;
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs packages with apt-get; `note` says what is to be expected. */
export async function installPackages(packages: readonly string[], note: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  process.stdout.write(`Installing Debian's ${packages[0]}. 1 of 2, apt-get update ...\n`);
  await runQuietly('apt-get', ['update'], { env });
  process.stdout.write(`  2 of 2, apt-get install (${note}) ...\n`);
  await runQuietly('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { env });
}
