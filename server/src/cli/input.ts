import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow, NAMED_FOLDER } from '../host/filesBelow.ts';
import { LARGEST_FILE } from '../host/host.ts';
import { codeOf, readUpTo } from '../host/readFile.ts';
import { CannotRun, reasonOf } from './cannotRun.ts';

/** The content of a path on the command line. */
export interface Input {
  readonly bytes: Buffer;
  /** False for a pipe or a device, which has no folder and can be read only once. */
  readonly isRegular: boolean;
}

/** Reads a file, or a pipe or device to its end. @throws CannotRun where it cannot be read or has more than `most` bytes. */
export function readNamed(file: string, most: number = LARGEST_FILE): Input {
  let content: { readonly bytes: Buffer | undefined; readonly isRegular: boolean };
  try {
    const descriptor = opened(file);
    try {
      content = { bytes: readUpTo(descriptor, most), isRegular: fstatSync(descriptor).isFile() };
    } finally {
      if (descriptor !== STANDARD_INPUT) closeSync(descriptor);
    }
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${reasonOf(error)}`);
  }
  const { bytes, isRegular } = content;
  if (!bytes) throw new CannotRun(`cannot read ${file}: it has more than ${most / 2 ** 20} MiB; split it`);
  return { bytes, isRegular };
}

const STANDARD_INPUT = 0;

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    // A socket, which programs give to their children, cannot be opened by its name.
    if (codeOf(error) === 'ENXIO' && /^\/dev\/(?:stdin|fd\/0)$/.test(file)) return STANDARD_INPUT;
    throw error;
  }
}

/** The path itself or, if it is a folder, the plans below it. @throws CannotRun where a part of the folder was not read. */
export function plansAt(path: string): readonly string[] {
  if (!isFolder(path)) return [path];
  const { uris, left } = filesBelow([resolve(path)], '.moeplan', NAMED_FOLDER);
  if (left.length > 0) throw new CannotRun(`${path} was not read whole: ${left.join('; ')}`);
  const plans = uris.map((uri) => relative(process.cwd(), fileURLToPath(uri)));
  if (plans.length === 0) throw new CannotRun(`no .moeplan file lies below ${path}`);
  return plans;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What prevents this check also prevents reading, and the error is reported then.
    return false;
  }
}
