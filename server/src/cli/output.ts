import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../host/readFile.ts';
import { CannotRun, reasonOf } from './cannotRun.ts';

/** A file to be written. */
export interface Output {
  /** As it was named. */
  readonly file: string;
  readonly content: string | Uint8Array;
}

/** Writes to a file, or to standard output where none is named. `inputs`: paths of what was read, which are never written over. */
export function write(content: string | Uint8Array, file: string | undefined, inputs: readonly string[]): void {
  if (file === undefined) process.stdout.write(content);
  else writeFiles([{ file, content }], inputs);
}

/**
 * Writes files, all or none: each is written beside its place, and only when all are there do they take their places. So a
 * full disk leaves what was there. Links are followed, and the mode and owner of a file are kept.
 *
 * @throws CannotRun where one cannot be written, or is one of the files that were read.
 */
export function writeFiles(outputs: readonly Output[], inputs: readonly string[]): void {
  refuseInputs(outputs, inputs);
  const staged: { readonly beside: string; readonly target: string; readonly file: string }[] = [];
  try {
    for (const { file, content } of outputs) {
      const beside = attempt(file, () => stage(file, content));
      if (beside) staged.push({ ...beside, file });
    }
    for (const { beside, target, file } of staged) attempt(file, () => renameSync(beside, target));
  } catch (error) {
    for (const { beside } of staged) rmSync(beside, { force: true });
    throw error;
  }
}

function attempt<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof CannotRun ? error : new CannotRun(`cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** @throws CannotRun where an output is an input or another output, by whatever name. */
export function refuseInputs(outputs: readonly Pick<Output, 'file'>[], inputs: readonly string[]): void {
  // The first path of a file counts: the plan is named first.
  const read = new Map(
    inputs.toReversed().flatMap((path) => identityOf(path).map((identity) => [identity, path] as const)),
  );
  const written = new Map<string, string>();
  for (const { file } of outputs) {
    for (const identity of identityOf(file)) {
      const input = read.get(identity);
      if (input !== undefined)
        throw new CannotRun(
          input === inputs[0]
            ? `-o ${file} is the plan itself, which would be lost; name another file`
            : `-o ${file} is ${input}, which the plan is made of and which would be lost; name another file`,
        );
      const other = written.get(identity);
      if (other !== undefined) throw new CannotRun(`${file} and ${other} are one file; name another one`);
      written.set(identity, file);
    }
  }
}

/** What a path leads to, whatever it is called: device and inode. Nothing where there is no regular file. */
function identityOf(path: string): readonly string[] {
  try {
    const { dev, ino, isRegular } = identity(path);
    return isRegular ? [`${dev}:${ino}`] : [];
  } catch {
    // What is not there is not lost either.
    return [];
  }
}

function identity(path: string): { readonly dev: bigint; readonly ino: bigint; readonly isRegular: boolean } {
  const stats = statSync(path, { bigint: true });
  return { dev: stats.dev, ino: stats.ino, isRegular: stats.isFile() };
}

let stagedFiles = 0;

/** Writes beside the place that a path leads to. Nothing for a pipe or device: these are written to as they are. */
function stage(
  file: string,
  content: string | Uint8Array,
): { readonly beside: string; readonly target: string } | undefined {
  const target = placeOf(file);
  const before = statSync(target, { throwIfNoEntry: false });
  if (before?.isDirectory()) throw new CannotRun(`cannot write ${file}: it is a folder; name a file`);
  if (before && !before.isFile()) {
    writeFileSync(target, content);
    return undefined;
  }
  // A file that may not be written is not replaced by way of its folder either.
  if (before) accessSync(target, constants.W_OK);
  const beside = join(dirname(target), `.moeplan-${process.pid}-${stagedFiles++}.tmp`);
  const descriptor = openBeside(beside, file, before);
  try {
    if (before) keepOwnership(descriptor, before);
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return { beside, target };
}

function openBeside(beside: string, file: string, before: Stats | undefined): number {
  try {
    return openSync(beside, 'wx', 0o666);
  } catch (error) {
    if (!before || !/^(?:EACCES|EPERM|EROFS)$/.test(codeOf(error))) throw error;
    throw new CannotRun(
      `cannot write ${file}: nothing can be written beside it (${reasonOf(error)}), and writing over it could lose it; name a file in another folder`,
    );
  }
}

function keepOwnership(descriptor: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only the system's own user may give files away; for all others the file becomes theirs.
  }
  fchmodSync(descriptor, mode & 0o7777);
}

/** More links than this in a row are a circle. */
const MOST_LINKS = 40;

/** The file behind links, there or not: a link to a file that is not there makes it. */
function placeOf(file: string): string {
  let path = resolve(file);
  for (let links = 0; links < MOST_LINKS; links++) {
    if (statSync(path, { throwIfNoEntry: false })) return realpathSync(path);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
    path = resolve(dirname(path), readlinkSync(path));
  }
  return path;
}
