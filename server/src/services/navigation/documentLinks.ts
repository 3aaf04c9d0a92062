import type { Span } from '../../language/span.ts';
import { propertySpec } from '../../language/vocabulary/vocabulary.ts';
import type { Analysis } from '../analysis.ts';
import { nestedBlocks, propertiesIn } from '../blocks.ts';
import { ALL_RULES } from '../findings/diagnostics.ts';
import { suppressionsOf } from '../findings/suppressions.ts';
import { specOf } from '../place.ts';

/** The target of a part of the text: a file, or the page of a rule. */
export type DocumentLink = { readonly span: Span } & ({ readonly target: string } | { readonly rule: string });

/** Links imports, model configs and counts of experts to their files, and names of rules in comments to their pages. */
export function documentLinks(analysis: Analysis): readonly DocumentLink[] {
  const file = analysis.program.analyses.get(analysis.uri);
  if (!file) return [];
  const paths = [
    ...file.imports.map((link) => ({ path: link.node.path, target: link.target })),
    ...file.configs.map((link) => ({ path: link.node.from, target: link.target })),
  ].flatMap(({ path, target }) => (path && target !== undefined ? [{ span: path.span, target }] : []));
  const rules = suppressionsOf(analysis.source).flatMap((suppression) =>
    suppression.rules.flatMap(({ name, span }) => (RULES.has(name) ? [{ span, rule: name }] : [])),
  );
  return [...paths, ...fileValues(analysis, file.reads), ...rules];
}

const RULES = new Set(ALL_RULES.map(({ name }) => name));

/** Values that are paths of files whose text the plan needs. */
export function fileValues(
  analysis: Pick<Analysis, 'uri' | 'source'>,
  reads: ReadonlySet<string>,
): readonly { readonly span: Span; readonly target: string }[] {
  return nestedBlocks(analysis).flatMap((blocks) => {
    const spec = specOf(blocks);
    const block = blocks.at(-1);
    if (!spec || !block) return [];
    return propertiesIn(block).flatMap(({ key, value }) => {
      if (value.kind !== 'string' || propertySpec(spec, key.text)?.readsFile !== true) return [];
      const target = URL.canParse(value.text, analysis.uri) ? new URL(value.text, analysis.uri).href : undefined;
      return target !== undefined && reads.has(target) ? [{ span: value.span, target }] : [];
    });
  });
}
