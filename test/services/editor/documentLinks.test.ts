import { describe, expect, test } from 'vitest';
import { documentLinks } from '../../../server/src/services/navigation/documentLinks.ts';
import { WORKSPACE } from '../../support/annotations.ts';
import { analysisOf, SMALL_PLAN } from './support.ts';

/** Each link as its text and where it leads: a file of the workspace, or `rule NAME`. */
function linksOf(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const analysis = analysisOf(text, others);
  return documentLinks(analysis).map((link) => {
    const to = 'rule' in link ? `rule ${link.rule}` : link.target.slice(WORKSPACE.length);
    return `${text.slice(link.span.start, link.span.end)} -> ${to}`;
  });
}

describe('what leads somewhere', () => {
  test.each<readonly [string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['an import', 'import "./a.moeplan"', { 'a.moeplan': '' }, ['"./a.moeplan" -> a.moeplan']],
    ['a model config', 'model m from "config.json"', { 'config.json': '{}' }, ['"config.json" -> config.json']],
    [
      'counts of experts',
      'model m { experts { count = 4, top-k = 2, ffn = 8, popularity = "deep/loads.csv" } }',
      { 'deep/loads.csv': '1,2,3,4' },
      ['"deep/loads.csv" -> deep/loads.csv'],
    ],
    [
      'rules that a comment silences',
      '// moeplan-ignore unused-name, cycle, no-such-rule: they are known\nmodel m { }',
      {},
      ['unused-name -> rule unused-name', 'cycle -> rule cycle'],
    ],
  ])('%s', (_, text, others, expected) => {
    expect(linksOf(text, others)).toEqual(expected);
  });

  test('what is not there leads nowhere', () => {
    expect(linksOf('import "./gone.moeplan"\nmodel m from "gone.json"\n')).toEqual([]);
    expect(linksOf(SMALL_PLAN)).toEqual([]);
  });
});
