import { spawnSync } from 'node:child_process';
import { bundle, projectRoot } from '../support/dist.ts';

export const EXAMPLE = 'examples/deployment-analysis.moeplan';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line as a user does, in the project's folder or another. */
export function moeplan(args: readonly string[], folder: string = projectRoot): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle('moeplan.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A plan without a finding. */
export const CLEAN_PLAN = `model small {
  layers = 2, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload few { sequences = 8, length = 128 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = small, cluster = one, workload = few
  parallel { ep = 8 }
}
`;

/** Runs lines of a shell in which `moeplan` is the built command line, as for pipes, limits and redirections. */
export function shell(lines: string, folder: string): Ran {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `moeplan() { "$NODE" "$CLI" "$@"; }\n${lines}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, CLI: bundle('moeplan.mjs') },
  });
  return { code: status, out: stdout, err: stderr };
}
