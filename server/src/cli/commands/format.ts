import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSource } from '../../language/source.ts';
import { applyEdits } from '../../services/edits.ts';
import { format } from '../../services/format.ts';
import { CannotRun, write } from '../load.ts';

/**
 * Writes each file in its usual form and names those that changed; with `check` it changes nothing. False when a file
 * was not in its usual form and still is not. All files are read before the first is written.
 */
export function formatFiles(files: readonly string[], check: boolean): boolean {
  const changed = files.flatMap((file) => {
    const text = read(file);
    const edits = format(parseSource(pathToFileURL(resolve(file)).href, text));
    return edits.length > 0 ? [{ file, text: applyEdits(text, edits) }] : [];
  });
  for (const { file, text } of changed) {
    if (!check) write(text, file);
    process.stdout.write(check ? `${file} is not formatted\n` : `${file} formatted\n`);
  }
  return !check || changed.length === 0;
}

function read(file: string): string {
  try {
    // Bytes that are no UTF-8 would be lost in writing the file back.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
