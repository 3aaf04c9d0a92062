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
  /** The path as it was named. */
  readonly file: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes to a file, or to standard output if none is named. `inputs` are paths of files that were read, which are never
 * overwritten.
 */
export function write(content: string | Uint8Array, file: string | undefined, inputs: readonly string[]): void {
  if (file === undefined) process.stdout.write(content);
  else writeFiles([{ file, content }], inputs);
}

/**
 * Writes files, each of them whole or not at all. All are first written beside their places, and take these only when all are
 * complete, so that a full disk leaves the old files. If one cannot take its place, those before it have taken theirs, and the
 * message says so. Links are followed, and the mode and owner of a file are kept.
 *
 * @throws CannotRun where one cannot be written, or is one of the files that were read.
 */
export function writeFiles(outputs: readonly Output[], inputs: readonly string[]): void {
  refuseInputs(outputs, inputs);
  refuseClashes(outputs);
  const staged: Staged[] = [];
  const written: string[] = [];
  try {
    for (const output of outputs) staged.push(attempt(output.file, [], () => stage(output)));
    // Pipes come first, because they may refuse what is written while an existing file can be replaced.
    for (const { file, place } of staged.toSorted((left, right) => Number(left.isFile) - Number(right.isFile))) {
      attempt(file, written, place);
      written.push(file);
    }
  } catch (error) {
    for (const { drop } of staged) drop();
    throw error;
  }
}

function attempt<Result>(file: string, written: readonly string[], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof CannotRun) throw error;
    const alreadyWritten =
      written.length === 0 ? '' : `; ${written.join(', ')} ${written.length === 1 ? 'is' : 'are'} written`;
    throw new CannotRun(`cannot write ${file}: ${reasonOf(error)}${alreadyWritten}`);
  }
}

/** @throws CannotRun where an output is an input, even under another name. */
export function refuseInputs(outputs: readonly Pick<Output, 'file'>[], inputs: readonly string[]): void {
  // If a file has several paths, the first one counts, because the plan is named first.
  const inputsByIdentity = new Map(
    inputs.toReversed().flatMap((path) => identityOf(path).map((identity) => [identity, path] as const)),
  );
  for (const { file } of outputs) {
    for (const identity of identityOf(file)) {
      const input = inputsByIdentity.get(identity);
      if (input !== undefined)
        throw new CannotRun(
          input === inputs[0]
            ? `-o ${file} is the plan itself, which would be lost; name another file`
            : `-o ${file} is ${input}, which the plan is made of and which would be lost; name another file`,
        );
    }
  }
}

/** @throws CannotRun where two outputs with different content are one file, even under different names. */
function refuseClashes(outputs: readonly Output[]): void {
  const written = new Map<string, Output>();
  for (const output of outputs) {
    for (const identity of identityOf(output.file)) {
      const earlier = written.get(identity);
      if (earlier && earlier.content !== output.content)
        throw new CannotRun(`${output.file} and ${earlier.file} are one file; name another one`);
      written.set(identity, output);
    }
  }
}

/**
 * The device and inode of the file that a path leads to, which do not depend on its name. Empty where there is no regular file.
 */
function identityOf(path: string): readonly string[] {
  try {
    const { dev, ino, isRegular } = identity(path);
    return isRegular ? [`${dev}:${ino}`] : [];
  } catch {
    // A file that does not exist cannot be lost.
    return [];
  }
}

function identity(path: string): { readonly dev: bigint; readonly ino: bigint; readonly isRegular: boolean } {
  const stats = statSync(path, { bigint: true });
  return { dev: stats.dev, ino: stats.ino, isRegular: stats.isFile() };
}

/** Whether a path leads to a pipe or a device, which cannot be replaced like a file. */
export function isStream(file: string): boolean {
  if (isStandardOutput(file)) return true;
  try {
    const stats = statSync(file);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // What prevents this check also prevents writing, and is reported then.
    return false;
  }
}

/**
 * Whether a path names standard output. Other programs may write to it before and after, so it is not replaced even if it is a
 * file.
 */
function isStandardOutput(file: string): boolean {
  return /^\/(?:dev\/(?:stdout|fd\/1)|proc\/self\/fd\/1)$/.test(file);
}

/** An output that is ready to take its place. */
interface Staged {
  readonly file: string;
  readonly isFile: boolean;
  /** It throws the errors of the file system. */
  readonly place: () => void;
  readonly drop: () => void;
}

let stagedFiles = 0;

/** Writes beside the place that a path leads to. What goes to a pipe or a device is written only when its turn comes. */
function stage({ file, content }: Output): Staged {
  if (isStream(file)) return { file, isFile: false, place: () => writeToStream(file, content), drop: () => undefined };
  const target = placeOf(file);
  const statsBefore = statSync(target, { throwIfNoEntry: false });
  if (statsBefore?.isDirectory()) throw new CannotRun(`cannot write ${file}: it is a folder; name a file`);
  // A file that may not be written must not be replaced through its folder either.
  if (statsBefore) accessSync(target, constants.W_OK);
  const beside = join(dirname(target), `.moeplan-${process.pid}-${stagedFiles++}.tmp`);
  const drop = () => rmSync(beside, { force: true });
  const descriptor = openBeside(beside, file, statsBefore);
  try {
    if (statsBefore) keepOwnership(descriptor, statsBefore);
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    drop();
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return { file, isFile: true, place: () => renameSync(beside, target), drop };
}

/** Writes to the name that was given, because the link behind `/dev/fd/63` leads to no path that can be opened. */
function writeToStream(file: string, content: string | Uint8Array): void {
  if (isStandardOutput(file)) {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    // A reader that has seen enough closes the pipe, and nobody needs the rest.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
}

function openBeside(beside: string, file: string, statsBefore: Stats | undefined): number {
  try {
    return openSync(beside, 'wx', 0o666);
  } catch (error) {
    if (!statsBefore || !/^(?:EACCES|EPERM|EROFS)$/.test(codeOf(error))) throw error;
    throw new CannotRun(
      `cannot write ${file}: nothing can be written beside it (${reasonOf(error)}), and writing over it could lose it; name a file in another folder`,
    );
  }
}

function keepOwnership(descriptor: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only the superuser may give files away. For everyone else the file becomes their own.
  }
  fchmodSync(descriptor, mode & 0o7777);
}

/** More links than this in a row form a cycle. */
const MOST_LINKS = 40;

/** The file behind links, even if it does not exist: writing to a link without a target creates the target. */
function placeOf(file: string): string {
  let path = resolve(file);
  for (let links = 0; links < MOST_LINKS; links++) {
    if (statSync(path, { throwIfNoEntry: false })) return realpathSync(path);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
    path = resolve(dirname(path), readlinkSync(path));
  }
  return path;
}
