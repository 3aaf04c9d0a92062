import type { Analysis } from '../analysis.ts';
import { anyOf, type CompletionItem, escapeSnippet } from './item.ts';
import { TEMPLATES, type Template } from './templates.ts';

/** Whole plans, where a file has nothing yet: before every block, since that is what one begins with. */
export function planItems({ source }: Analysis): readonly CompletionItem[] {
  if (source.tree.items.length > 0) return [];
  return TEMPLATES.map((template, order) => ({
    label: `plan: ${template.title}`,
    kind: 'snippet',
    detail: template.detail,
    insert: planSnippet(template),
    isSnippet: true,
    filter: anyOf(['plan', 'template', template.id]),
    order,
  }));
}

/** Machines and model are chosen first; what is named twice is chosen once. */
export function planSnippet({ text }: Template): string {
  const places = new Map<string, number>();
  const filled = escapeSnippet(text.trimEnd()).replace(/(?<=\b(?:node|model)\s*= )[\w.-]+/g, (name) => {
    const place = places.get(name) ?? places.size + 1;
    places.set(name, place);
    return `\${${place}:${name}}`;
  });
  return `${filled}\n$0`;
}
