import type { Analysis } from '../analysis.ts';
import { TEMPLATES } from '../completion/templates.ts';
import { newlineOf, type Refactoring } from './refactoring.ts';

/** Whole plans for a file that contains at most comments. */
export function beginPlan({ source, uri }: Analysis): readonly Refactoring[] {
  const { text, tree } = source;
  if (tree.items.length > 0 || tree.errors.length > 0) return [];
  const end = text.length;
  const before = text.trim() === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  const start = before === '' ? 0 : end;
  return TEMPLATES.map(({ title, text: plan }) => ({
    title: `Begin with a plan: ${title}`,
    kind: 'refactor.rewrite',
    edits: [{ uri, span: { start, end }, text: `${before}${plan}`.replaceAll('\n', newlineOf(source)) }],
  }));
}
