import type { Span } from '../language/span.ts';
import type { Analysis } from './analysis.ts';

export interface DocumentLink {
  readonly span: Span;
  readonly target: string;
}

/** Imports and model configs lead to their files. */
export function documentLinks(analysis: Analysis): readonly DocumentLink[] {
  const file = analysis.program.analyses.get(analysis.uri);
  if (!file) return [];
  return [
    ...file.imports.map((link) => ({ path: link.node.path, target: link.target })),
    ...file.configs.map((link) => ({ path: link.node.from, target: link.target })),
  ].flatMap(({ path, target }) => (path && target !== undefined ? [{ span: path.span, target }] : []));
}
