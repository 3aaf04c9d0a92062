import { ALL_RULES } from '../../services/findings/diagnostics.ts';
import { jsonText } from '../../text/json.ts';
import { sarifText } from '../../text/sarif.ts';
import type { CheckedFile } from '../commands/check.ts';

const LEVELS = { error: 'error', warning: 'warning', information: 'note', hint: 'none' } as const;

/** SARIF 2.1.0 (OASIS), for code scanning services. */
export function toSarif(files: readonly CheckedFile[], version: string): string {
  const results = files.flatMap(({ path, source, diagnostics }) =>
    diagnostics.map(({ span, severity, rule, message }) => {
      const start = source.lineIndex.positionAt(span.start);
      const end = source.lineIndex.positionAt(span.end);
      const region = {
        startLine: start.line + 1,
        startColumn: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
      };
      return {
        ruleId: rule,
        ruleIndex: ALL_RULES.findIndex(({ name }) => name === rule),
        level: LEVELS[severity],
        message: { text: sarifText(message) },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: addressOf(path) }, region },
          },
        ],
      };
    }),
  );
  const rules = ALL_RULES.map(({ name, severity, summary }) => ({
    id: name,
    shortDescription: { text: sarifText(summary) },
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'moeplan', version, rules } }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${jsonText(log, 2)}\n`;
}

/** A path of the file system as a relative URI. Half a surrogate pair has no URI, so it is replaced. */
function addressOf(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
