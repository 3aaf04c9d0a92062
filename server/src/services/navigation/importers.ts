import type { SourceFile, Sources } from '../../language/source.ts';

/** Whether a file imports another and so sees what that defines. It does not see what the imported file imports. */
export function importsFile({ uri: from, tree }: SourceFile, uri: string, sources: Pick<Sources, 'resolve'>): boolean {
  if (from === uri) return false;
  return tree.items.some((item) => {
    const resolved = item.kind === 'import' ? sources.resolve(from, item.path.text) : undefined;
    return resolved !== undefined && 'uri' in resolved && resolved.uri === uri;
  });
}
