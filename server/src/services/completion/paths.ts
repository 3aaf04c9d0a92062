import type { Token } from '../../language/lexer.ts';
import { relativePath } from '../../language/paths.ts';
import type { Analysis } from '../analysis.ts';
import type { CompletionItem, KnownFiles } from './item.ts';

/**
 * Files for the path in the string around the offset: plans after `import`, configs after `from`, counts after `popularity
 * =`.
 */
export function pathItems(analysis: Analysis, string: Token, files: KnownFiles): readonly CompletionItem[] {
  const { text, tokens } = analysis.source;
  const index = tokens.indexOf(string);
  const [previous, beforePrevious] = [tokens[index - 1], tokens[index - 2]].map(
    (token) => token && text.slice(token.start, token.end),
  );
  const extension =
    previous === 'import'
      ? '.moeplan'
      : previous === 'from'
        ? '.json'
        : previous === '=' && beforePrevious === 'popularity'
          ? '.csv'
          : undefined;
  if (!extension) return [];
  const isClosed = string.end - string.start > 1 && text[string.end - 1] === '"';
  const replace = { start: string.start + 1, end: isClosed ? string.end - 1 : string.end };
  const imported = new Set(analysis.program.analyses.get(analysis.uri)?.imports.map(({ target }) => target));
  const written = text.slice(replace.start, replace.end);
  return files
    .filesWith(extension)
    .filter((uri) => uri !== analysis.uri)
    .flatMap((uri) => {
      const path = relativePath(analysis.uri, uri);
      // A file that another statement already imports is not offered again.
      if (path === undefined || (imported.has(uri) && path !== written)) return [];
      return [
        { label: path, kind: 'file' as const, detail: kindOf(extension), insert: path, order: depthOf(path), replace },
      ];
    });
}

function kindOf(extension: string): string {
  return { '.moeplan': 'plan', '.json': 'model config', '.csv': 'loads of experts' }[extension] ?? 'file';
}

/** Sorts near files first. */
function depthOf(path: string): number {
  return path.split('/').length + (path.startsWith('../') ? 10 : 0);
}
