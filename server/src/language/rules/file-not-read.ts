import type { FileAnalysis } from '../analysis.ts';
import type { Diagnostic, Rule } from '../diagnostic.ts';
import type { Unread } from '../source.ts';
import { problemsOf } from './run.ts';

/**
 * A file is there, and was not read: it is too large for a plan, is a folder or a pipe, or may not be read. Nothing is known
 * of what it holds.
 *
 * Names that the file might define are not reported on top of this. A plan of the workspace that is not read has this
 * finding itself.
 *
 * ## Not so
 * ```moeplan
 * import "./shared"
 * ```
 *
 * ## But so
 * ```moeplan
 * import "./shared/models.moeplan"
 * ```
 *
 * ## How to fix it
 * Name a file and no folder; only the folder of a checkpoint stands for its `config.json`. Split a file of more than 8 MiB, or take out what is no plan. Allow yourself to read a file
 * that is denied.
 */
export const fileNotRead: Rule<FileAnalysis> = {
  name: 'file-not-read',
  family: 'names',
  severity: 'error',
  summary: 'A file is there and was not read.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path, unread, file } of problemsOf(analysis, 'file-not-read')) {
      const which = file === undefined ? `\`${path.text}\`` : `\`${file}\` of the checkpoint \`${path.text}\``;
      report({ uri, span: path.span, message: `${which} was not read: ${reasonUnread(unread)}` });
    }
  },
};

const REASONS: Readonly<Record<Unread, string>> = {
  'too-large': 'it has more than 8 MiB, and no plan, config or table of counts needs that; split it',
  folder: 'it is a folder; write the path of a file in it',
  'no-regular-file': 'it is a pipe or a device, which might never end; write its content to a file',
  denied: 'access is denied; give yourself the right to read it',
  failed: 'reading it failed; correct what keeps the system from reading it',
};

/** Why a file was not read and what to do, as the end of a sentence about it. */
export function reasonUnread(unread: Unread): string {
  return REASONS[unread];
}

/** The finding in a file of which nothing is known because it was not read. */
export function unreadFinding(uri: string, unread: Unread): Diagnostic {
  const { name: rule, severity } = fileNotRead;
  const message = `this file was not read, so nothing is known about it: ${reasonUnread(unread)}`;
  return { uri, span: { start: 0, end: 0 }, severity, rule, message };
}
