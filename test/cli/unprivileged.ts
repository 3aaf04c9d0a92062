import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { bundle } from '../support/dist.ts';
import type { Ran } from './moeplan.ts';

/** Nobody, where tests run as root, who may read everything; otherwise who runs them. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Runs the command line as someone whom files can be denied to. The folder is made one that everyone may enter. */
export function moeplanDenied(args: readonly string[], folder: string): Ran {
  chmodSync(folder, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle('moeplan.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    ...NOBODY,
  });
  return { code: status, out: stdout, err: stderr };
}
