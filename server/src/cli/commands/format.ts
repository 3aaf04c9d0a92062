import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSource } from '../../language/source.ts';
import { applyEdits } from '../../services/edits.ts';
import { format } from '../../services/format/format.ts';
import { oneLine } from '../../text/visible.ts';
import { CannotRun } from '../cannotRun.ts';
import { readNamed } from '../input.ts';
import { writeFiles } from '../output.ts';

/**
 * Writes each file in its usual form and names those that changed; with `check` it changes nothing. False when a file was not in
 * its usual form and still is not. All files are read before the first is written.
 */
export function formatFiles(files: readonly string[], check: boolean): boolean {
  // If a file is named twice, its first name counts.
  const namesByPlace = new Map(files.toReversed().map((file) => [realPlace(file), file]));
  const changed = [...namesByPlace.values()].reverse().flatMap((file) => {
    const text = read(file, check);
    const edits = format(parseSource(pathToFileURL(resolve(file)).href, text));
    return edits.length > 0 ? [{ file, content: applyEdits(text, edits) }] : [];
  });
  if (!check) writeFiles(changed, []);
  for (const { file } of changed)
    process.stdout.write(`${oneLine(file)} ${check ? 'is not formatted' : 'formatted'}\n`);
  return !check || changed.length === 0;
}

/** The place of a file behind links, because a file that is named twice is one file. */
function realPlace(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // If the file cannot be read, that is reported where it is read.
    return resolve(file);
  }
}

function read(file: string, check: boolean): string {
  const { bytes, isRegular } = readNamed(file);
  if (!isRegular && !check)
    throw new CannotRun(`cannot format ${file}: it is a pipe or a device and cannot be written back; name a file`);
  try {
    // Without `fatal`, bytes that are no UTF-8 would be lost in writing the file back.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CannotRun(`cannot read ${file}: it is not UTF-8; save it as UTF-8`);
  }
}
