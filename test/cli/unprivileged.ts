import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { bundle } from '../support/dist.ts';
import type { Ran } from './moeplan.ts';

/** Nobody, where tests run as root, who may read everything; otherwise who runs them. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Runs the command line as someone whom files can be denied to. The folder is made one that everyone may enter, or has the given mode. */
export function moeplanDenied(args: readonly string[], folder: string, mode = 0o755): Ran {
  chmodSync(folder, mode);
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle('moeplan.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    ...NOBODY,
  });
  return { code: status, out: stdout, err: stderr };
}
