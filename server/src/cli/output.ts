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
 * Writes files, each whole or not at all: all are written beside their places first, and take these only when all are
 * there. So a full disk leaves what was there. Where one cannot take its place, those before it have; the message says
 * so. Links are followed, and the mode and owner of a file are kept.
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
    // A pipe may be refused where a file that is there already is not.
    for (const { file, place } of staged.toSorted((one, other) => Number(one.isFile) - Number(other.isFile))) {
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
    const before = written.length === 0 ? '' : `; ${written.join(', ')} ${written.length === 1 ? 'is' : 'are'} written`;
    throw new CannotRun(`cannot write ${file}: ${reasonOf(error)}${before}`);
  }
}

/** @throws CannotRun where an output is an input, by whatever name. */
export function refuseInputs(outputs: readonly Pick<Output, 'file'>[], inputs: readonly string[]): void {
  // The first path of a file counts: the plan is named first.
  const read = new Map(
    inputs.toReversed().flatMap((path) => identityOf(path).map((identity) => [identity, path] as const)),
  );
  for (const { file } of outputs) {
    for (const identity of identityOf(file)) {
      const input = read.get(identity);
      if (input !== undefined)
        throw new CannotRun(
          input === inputs[0]
            ? `-o ${file} is the plan itself, which would be lost; name another file`
            : `-o ${file} is ${input}, which the plan is made of and which would be lost; name another file`,
        );
    }
  }
}

/** @throws CannotRun where two outputs are one file, by whatever names, which cannot hold both. */
function refuseClashes(outputs: readonly Output[]): void {
  const written = new Map<string, Output>();
  for (const output of outputs) {
    for (const identity of identityOf(output.file)) {
      const other = written.get(identity);
      if (other && other.content !== output.content)
        throw new CannotRun(`${output.file} and ${other.file} are one file; name another one`);
      written.set(identity, output);
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

/** Whether a path leads to a pipe or a device: what is written there has no place among files. */
export function isStream(file: string): boolean {
  if (isStandardOutput(file)) return true;
  try {
    const stats = statSync(file);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    // Whatever keeps it from being looked at is told where it is written.
    return false;
  }
}

/** By whatever name: others may write to it before and behind, so that it is not replaced where it is a file either. */
function isStandardOutput(file: string): boolean {
  return /^\/(?:dev\/(?:stdout|fd\/1)|proc\/self\/fd\/1)$/.test(file);
}

/** An output that is ready to take its place. */
interface Staged {
  readonly file: string;
  readonly isFile: boolean;
  /** Throws as the file system does. */
  readonly place: () => void;
  readonly drop: () => void;
}

let stagedFiles = 0;

/** Writes beside the place that a path leads to. What goes to a pipe or a device is written when its turn comes. */
function stage({ file, content }: Output): Staged {
  if (isStream(file)) return { file, isFile: false, place: () => writeToStream(file, content), drop: () => undefined };
  const target = placeOf(file);
  const before = statSync(target, { throwIfNoEntry: false });
  if (before?.isDirectory()) throw new CannotRun(`cannot write ${file}: it is a folder; name a file`);
  // A file that may not be written is not replaced by way of its folder either.
  if (before) accessSync(target, constants.W_OK);
  const beside = join(dirname(target), `.moeplan-${process.pid}-${stagedFiles++}.tmp`);
  const drop = () => rmSync(beside, { force: true });
  const descriptor = openBeside(beside, file, before);
  try {
    if (before) keepOwnership(descriptor, before);
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

/** By the name that was given: the link behind `/dev/fd/63` leads to no path that could be opened. */
function writeToStream(file: string, content: string | Uint8Array): void {
  if (isStandardOutput(file)) {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    // A reader that has seen enough closes the pipe: the rest is for nobody.
    if (codeOf(error) !== 'EPIPE') throw error;
  }
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
