import { codeOf } from '../host/readFile.ts';
import { oneLine } from '../text/visible.ts';

/** The command cannot be done as asked. The message says why and what to do. */
export class CannotRun extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file and no folder',
  ENAMETOOLONG: 'its name is too long',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'it lies on a file system that is only read',
  ELOOP: 'it is a link that leads back to itself',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EFBIG: 'it would be larger than a file may be here (see `ulimit -f`)',
  EBUSY: 'it is in use',
  EXDEV: 'it is mounted by itself',
  ENXIO: 'nothing is at its other end',
};

/** An error of the file system in plain words, or its own message where no words are listed. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? oneLine(error instanceof Error ? error.message : String(error));
}
