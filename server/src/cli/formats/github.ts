import { githubMessage, githubProperty } from '../../text/github.ts';
import type { CheckedFile } from '../commands/check.ts';

const COMMANDS = { error: 'error', warning: 'warning', information: 'notice', hint: 'notice' } as const;

/** Workflow commands of GitHub Actions: findings appear in the changed files of a pull request. */
export function toGithub(files: readonly CheckedFile[]): string {
  return files
    .flatMap(({ path, source, diagnostics }) =>
      diagnostics.map(({ span, severity, rule, message }) => {
        const start = source.lineIndex.positionAt(span.start);
        const end = source.lineIndex.positionAt(span.end);
        const place = `file=${githubProperty(path)},line=${start.line + 1},col=${start.character + 1},endLine=${end.line + 1},endColumn=${end.character + 1}`;
        return `::${COMMANDS[severity]} ${place},title=${githubProperty(rule)}::${githubMessage(message)}\n`;
      }),
    )
    .join('');
}
