import type { Token } from '../../language/lexer.ts';
import type { Analysis } from '../analysis.ts';
import { ALL_RULES } from '../findings/diagnostics.ts';
import type { CompletionItem } from './item.ts';

/** In a comment that silences rules: `moeplan-ignore` itself, then names of rules that the comment does not name yet. */
export function suppressionItems({ source }: Analysis, comment: Token, offset: number): readonly CompletionItem[] {
  const before = source.text.slice(comment.start, offset);
  const [, written] = /^\/\/\s*moeplan-ignore\s+([^:]*)$/.exec(before) ?? [];
  if (written === undefined) {
    return /^\/\/\s*m[a-z-]*$/.test(before) && !/moeplan-ignore$/.test(before)
      ? [
          {
            label: 'moeplan-ignore',
            kind: 'keyword',
            detail: 'silences a rule on the next line, with a reason',
            insert: 'moeplan-ignore ',
            opensList: true,
            order: 0,
          },
        ]
      : [];
  }
  const taken = new Set(written.split(',').map((name) => name.trim()));
  return ALL_RULES.filter(({ name }) => !taken.has(name) && !name.startsWith('suppression-')).map(
    ({ name, summary }, order) => ({ label: name, kind: 'value', detail: summary, insert: name, order }),
  );
}
