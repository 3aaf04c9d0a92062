import type { SourceFile, Sources } from '../language/source.ts';

/** URIs of the files that import a file, and so see what it defines; what they import they do not hand on. */
export function importersOf(
  uri: string,
  files: Iterable<SourceFile>,
  sources: Pick<Sources, 'resolve'>,
): readonly string[] {
  const found: string[] = [];
  for (const { uri: from, tree } of files) {
    const imports = tree.items.some((item) => {
      const resolved = item.kind === 'import' ? sources.resolve(from, item.path.text) : undefined;
      return resolved !== undefined && 'uri' in resolved && resolved.uri === uri;
    });
    if (imports && from !== uri) found.push(from);
  }
  return found;
}
