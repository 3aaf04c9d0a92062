import type { Analysis } from '../analysis.ts';
import { anyOf, type CompletionItem, escapeSnippet } from './item.ts';
import { TEMPLATES, type Template } from './templates.ts';

/** Whole plans, for a file without content. They come before all blocks, because one begins with them. */
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

/** Machines and model are the first placeholders. A name that occurs twice is one placeholder. */
function planSnippet({ text }: Template): string {
  const places = new Map<string, number>();
  const filled = escapeSnippet(text.trimEnd()).replace(/(?<=\b(?:node|model)\s*= )[\w.-]+/g, (name) => {
    const place = places.get(name) ?? places.size + 1;
    places.set(name, place);
    return `\${${place}:${name}}`;
  });
  return `${filled}\n$0`;
}
