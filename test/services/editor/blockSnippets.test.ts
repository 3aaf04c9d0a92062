import { describe, expect, test } from 'vitest';
import { BLOCK_SNIPPETS, snippetText } from '../../../server/src/services/completion/blockSnippets.ts';
import { complete } from '../../../server/src/services/completion/completion.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { analysisAt, analysisOf, formatted, SMALL_PLAN } from './support.ts';

/** The snippet as it stands when nothing is filled in. */
function expanded(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(/\$\{\d+\|([^,|]+)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\n +\n/g, '\n');
}

/** A place for a block that cannot stand alone. */
const HOMES: Readonly<Record<string, (text: string) => string>> = {
  file: (text) => `${SMALL_PLAN}${text}\n`,
  model: (text) => `model home {\n  layers = 4, hidden = 4096\n  ${text.replaceAll('\n', '\n  ')}\n}\n`,
  deployment: (text) =>
    `${SMALL_PLAN}deployment home {\n  model = small, cluster = two-nodes, workload = batch\n  ${text.replaceAll('\n', '\n  ')}\n}\n`,
};

const OWN: Readonly<Record<string, string>> = { model: 'small', cluster: 'two-nodes', workload: 'batch' };

describe.each(BLOCK_SNIPPETS.map((each) => [each.label, each] as const))('%s', (label, snippet) => {
  const [parent = ''] = snippet.parents;
  const text = HOMES[parent]?.(expanded(snippetText(snippet, (kind) => OWN[kind]))) ?? '';

  test('is sound as it stands', () => {
    const errors = diagnose(analysisOf(text, { 'config.json': '{}' })).filter(
      ({ severity, rule }) => severity === 'error' && !['config-not-understood', 'layer-without-stage'].includes(rule),
    );
    expect(errors.map(({ message }) => message)).toEqual([]);
  });

  test('has the usual form', () => {
    expect(formatted(text)).toBe(text);
  });

  test('is offered in its place and nowhere else', () => {
    const at = (home: (inside: string) => string) => {
      const { analysis, offset } = analysisAt(home('$0'));
      return complete(analysis, offset).some((item) => item.label === label);
    };
    for (const [where, home] of Object.entries(HOMES)) expect(at(home), where).toBe(snippet.parents.includes(where));
    expect(at((inside) => `gpu g { memory = ${inside} }`)).toBe(false);
  });
});

test('names that a plan has stand in it, and a block that may stand once is not offered twice', () => {
  const { analysis, offset } = analysisAt(`${SMALL_PLAN}$0`);
  const item = complete(analysis, offset).find(({ label }) => label === 'deployment of a model');
  expect(item?.insert).toContain('model = ${2:small}, cluster = ${3:two-nodes}, workload = ${4:batch}');
  const again = analysisAt(`${SMALL_PLAN}deployment d {\n  expect { step <= 1 s }\n  $0\n}\n`);
  expect(complete(again.analysis, again.offset).map(({ label }) => label)).not.toContain(
    'expect of memory and throughput',
  );
});
