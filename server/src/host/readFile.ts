import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { Unread } from '../language/source.ts';
import { largestOf } from './host.ts';
import type { Reading } from './knownTexts.ts';

/**
 * The text of a file that nobody named on a command line: an import, a config, a plan of the workspace. Only regular files are
 * opened, because opening a pipe may wait for ever. Never throws.
 */
export function readRegularFile(path: string): Reading {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return { unread: kindOf(stats) };
    const descriptor = openSync(path, 'r');
    try {
      // The path may lead to another file by now, so the opened one is checked again.
      if (!fstatSync(descriptor).isFile()) return { unread: 'no-regular-file' };
      const bytes = readUpTo(descriptor, largestOf(path));
      return bytes ? { text: bytes.toString('utf8') } : { unread: 'too-large' };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return unreadBecause(error);
  }
}

/** All bytes of an open file, pipe or device up to its end; undefined if there are more than `most`. Throws like `readSync`. */
export function readUpTo(descriptor: number, most: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, most + 1 - size));
    const read = readChunk(descriptor, chunk);
    if (read === 0) return Buffer.concat(chunks, size);
    chunks.push(chunk.subarray(0, read));
    size += read;
    if (size > most) return undefined;
  }
}

/** The size of one read, in bytes. */
const CHUNK = 2 ** 18;

/** How long to wait, in milliseconds, for a pipe that has no data yet and does not block. */
const PAUSE_MS = 5;

function readChunk(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function kindOf(stats: Stats): Unread {
  return stats.isDirectory() ? 'folder' : 'no-regular-file';
}

/** A path that leads nowhere means a missing file. Any other error means a file that was not read. */
function unreadBecause(error: unknown): Reading {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return undefined;
    case 'EACCES':
    case 'EPERM':
      return { unread: 'denied' };
    default:
      return { unread: 'failed' };
  }
}

/** The code of an error from Node or the system, for example `ENOENT`; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
