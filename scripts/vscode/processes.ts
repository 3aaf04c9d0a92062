import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const supervisor = fileURLToPath(new URL('./supervise.ts', import.meta.url));

/** Numbers of the signals that end a process, for the conventional exit status 128 + n. */
const endings = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const atEnd = new Set<() => void>();
let listening = false;

/**
 * Registers work that must be done however this process ends, and returns what unregisters it.
 *
 * The work is synchronous on purpose: it runs in the `exit` event, so an ordinary end, an uncaught
 * error and a signal all take the same path and no way out is forgotten.
 */
export function onExit(work: () => void): () => void {
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const each of [...atEnd].reverse()) each();
    });
    for (const [signal, number] of Object.entries(endings)) {
      process.on(signal, () => process.exit(128 + number));
    }
  }
  atEnd.add(work);
  return () => atEnd.delete(work);
}

/** A temporary folder that is removed when this process ends, or earlier by `remove`. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

export function temporaryFolder(label: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `moeplan-${label}-`));
  // Retries are for Windows and for files that a process just killed still holds for a moment.
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  const forget = onExit(removeNow);
  return {
    path,
    remove() {
      forget();
      removeNow();
    },
  };
}

/** A running process tree. */
export interface ProcessTree {
  /** Resolves with the exit status once the tree's root has ended. */
  readonly exited: Promise<number>;
  /** Ends every process of the tree, and resolves when they are gone. */
  stop(): Promise<void>;
}

export interface TreeOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each line of output, standard output and standard error alike. */
  readonly onLine: (line: string) => void;
}

/**
 * Starts a command whose whole process tree ends with `stop`, or with this process at the latest,
 * even where this process is killed outright (see `supervise.ts`).
 */
export function startTree(command: string, args: readonly string[], options: TreeOptions): ProcessTree {
  const child = spawn(process.execPath, [supervisor, command, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', options.onLine);
  }
  const kill = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const forget = onExit(kill);
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      // The root may end by itself and leave children behind: they are its group still.
      kill();
      forget();
    });
    // Not on `exit`: the last lines of output may still be on their way then.
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    exited,
    async stop() {
      kill();
      await exited;
    },
  };
}

function killGroup(pid: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // No such group: everything in it has ended already, which is what was asked for.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Runs a command to its end; throws with the last lines of its output where it fails.
 * Its output is kept back, because what installers print is of use only when they fail.
 */
export async function runQuietly(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const lines: string[] = [];
  const tree = startTree(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    onLine: (line) => lines.push(line),
  });
  const status = await tree.exited;
  if (status !== 0) {
    const shown = lines.slice(-20).join('\n');
    throw new Error(`${command} ${args.join(' ')} ended with status ${status}:\n${shown}`);
  }
  return lines.join('\n');
}

/** The first of the named commands found on the PATH, as an absolute path. */
export function findOnPath(...names: readonly string[]): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    for (const folder of folders) {
      for (const suffix of suffixes) {
        const candidate = join(folder, name + suffix);
        if (existsSync(candidate) && statSync(candidate).isFile()) return candidate;
      }
    }
  }
  return undefined;
}

/** True where this process may install system packages. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
