import { describe, expect, test } from 'vitest';
import { complete } from '../../../server/src/services/completion/completion.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose, type RuleSettings } from '../../../server/src/services/findings/diagnostics.ts';
import { fixAll, suppressionFix } from '../../../server/src/services/findings/fixes.ts';
import { hover } from '../../../server/src/services/hover/hover.ts';
import { analysisAt, analysisOf, MAIN } from './support.ts';

/** `line: rule` of each finding. */
function rules(text: string, settings: RuleSettings = {}): string[] {
  const analysis = analysisOf(text);
  return diagnose(analysis, settings).map(
    ({ rule, span }) => `${analysis.source.lineIndex.positionAt(span.start).line}: ${rule}`,
  );
}

const GPU = 'gpu g { memory = 80, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s }';
const COMMENT = '// moeplan-ignore missing-unit: bytes are meant';

describe('a comment with a reason silences a rule', () => {
  test.each([
    ['on the line above', `${COMMENT}\n${GPU}\nnode n { gpu = g, gpus = 8, scale-up = 1 GB/s }`],
    ['on the line itself', `${GPU} ${COMMENT}\nnode n { gpu = g, gpus = 8, scale-up = 1 GB/s }`],
    ['above another comment', `${COMMENT}\n// more\n\n${GPU}\nnode n { gpu = g, gpus = 8, scale-up = 1 GB/s }`],
    [
      'among several',
      `// moeplan-ignore number-out-of-range, missing-unit: a test\n${GPU.replace('}', ', multiprocessors = 0 }')}`,
    ],
  ])('%s', (_, text) => {
    expect(rules(text).filter((each) => each.endsWith('missing-unit'))).toEqual([]);
    expect(rules(text).filter((each) => each.includes('suppression'))).toEqual([]);
  });

  test('other rules, other lines and other comments are as before', () => {
    expect(rules(`${COMMENT}\n\n${GPU}\n${GPU.replace('gpu g', 'gpu h')}`)).toContain('3: missing-unit');
    expect(rules(`// moeplan-ignore unused-name: a test\n${GPU}`)).toContain('1: missing-unit');
    expect(rules(`// moeplan-ignores missing-unit: a test\n${GPU}`)).toContain('1: missing-unit');
  });
});

describe('comments that do not do what they look like', () => {
  test('one without a reason silences nothing and is reported', () => {
    const found = rules(`// moeplan-ignore missing-unit\n${GPU}`);
    expect(found).toEqual(expect.arrayContaining(['0: suppression-without-reason', '1: missing-unit']));
    expect(rules(`// moeplan-ignore missing-unit:  \n${GPU}`)).toContain('0: suppression-without-reason');
  });

  test('one that finds nothing is a hint, and its fix removes it', () => {
    const text = `let a = 1\n${COMMENT}\nlet b = a\n`;
    const analysis = analysisOf(text);
    const unused = diagnose(analysis).find(({ rule }) => rule === 'suppression-unused');
    expect(unused?.severity).toBe('hint');
    expect(applyEdits(text, unused?.fixes?.[0]?.edits ?? [])).toBe('let a = 1\nlet b = a\n');
  });

  test.each([
    [
      'gpu g { memory = 80 } // moeplan-ignore missing-unit, wrong-unit: why\n',
      'gpu g { memory = 80 } // moeplan-ignore missing-unit: why\n',
    ],
    [
      'gpu g { memory = 80 } // moeplan-ignore wrong-unit, missing-unit: why\n',
      'gpu g { memory = 80 } // moeplan-ignore missing-unit: why\n',
    ],
    ['let a = 1 // moeplan-ignore missing-unit: why\n', 'let a = 1\n'],
  ])('of %s only what finds nothing goes', (text, expected) => {
    const unused = diagnose(analysisOf(text)).find(({ rule }) => rule === 'suppression-unused');
    expect(applyEdits(text, unused?.fixes?.[0]?.edits ?? [])).toBe(expected);
  });

  test('a rule that does not exist is named, with the one that was meant', () => {
    const [found] = diagnose(analysisOf('// moeplan-ignore mising-unit: why\nlet a = 1\n'));
    expect(found?.message).toBe('there is no rule `mising-unit`; did you mean `missing-unit`?');
  });

  test('one that names no rule says what to write', () => {
    expect(rules('// moeplan-ignore: because\nlet a = 1\n')).toContain('0: suppression-unused');
  });

  test('settings apply to these rules too, and a rule that is off is still found by its comment', () => {
    expect(rules(`// moeplan-ignore missing-unit\n${GPU}`, { 'suppression-without-reason': 'off' })).not.toContain(
      '0: suppression-without-reason',
    );
    expect(
      rules(`${COMMENT}\n${GPU}`, { 'missing-unit': 'off' }).filter((each) => each.includes('suppression')),
    ).toEqual([]);
  });
});

describe('silencing by an action', () => {
  const silence = (text: string, rule: string) => {
    const analysis = analysisOf(text);
    const finding = diagnose(analysis).find((each) => each.rule === rule);
    if (!finding) throw new Error(`no ${rule}`);
    return applyEdits(text, suppressionFix(analysis.source, finding).edits);
  };

  test('the comment stands above, indented, and waits for a reason', () => {
    const text = 'gpu g {\r\n  memory = 80\r\n}\r\n';
    const silenced = silence(text, 'missing-unit');
    expect(silenced).toBe('gpu g {\r\n  // moeplan-ignore missing-unit: \r\n  memory = 80\r\n}\r\n');
    expect(rules(silenced)).toContain('1: suppression-without-reason');
  });

  test('a second rule joins the comment that is there', () => {
    expect(silence(`// moeplan-ignore unused-name: a test\n${GPU}\n`, 'missing-unit')).toContain(
      '// moeplan-ignore unused-name, missing-unit: a test\n',
    );
  });
});

describe('fix all', () => {
  const fixed = (text: string) => applyEdits(text, fixAll(MAIN, diagnose(analysisOf(text))));

  test('slips of the pen are put right together', () => {
    const text = 'clutser c {\n  node : DGX-H100\n  cuont = 2\n}\n';
    // What stands in an unknown block is checked once its keyword is right.
    expect(fixed(fixed(text))).toBe('cluster c {\n  node = DGX-H100\n  count = 2\n}\n');
  });

  test('what a person must choose is left', () => {
    const text = 'gpu g { memory = 80, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s }\nlet spare = 3\n';
    expect(fixed(text)).toBe(text);
  });
});

describe('writing such a comment', () => {
  const offered = (marked: string) => {
    const { analysis, offset } = analysisAt(marked);
    return complete(analysis, offset).map(({ label }) => label);
  };

  test('its word is completed, and then the rules that it does not name yet', () => {
    expect(offered('// moep$0')).toEqual(['moeplan-ignore']);
    const rules = offered('// moeplan-ignore unused-name, $0');
    expect(rules).toContain('missing-unit');
    expect(rules).not.toContain('unused-name');
    expect(rules).not.toContain('suppression-unused');
  });

  test.each(['// $0', '// more$0 words', '// moeplan-ignore unused-name: bec$0', '/* moep$0 */'])(
    'nothing is offered in %s',
    (text) => {
      expect(offered(text).filter((label) => label !== 'moeplan-ignore')).toEqual([]);
    },
  );

  test('what is typed is replaced', () => {
    const { analysis, offset } = analysisAt('// moeplan-ignore miss$0');
    const item = complete(analysis, offset).find(({ label }) => label === 'missing-unit');
    expect(item?.replace).toEqual({ start: offset - 4, end: offset });
  });

  test('a hover on a rule says what it is about', () => {
    const { analysis, offset } = analysisAt('// moeplan-ignore cyc$0le: known\nmodel m { }\n');
    expect(hover(analysis, offset)?.markdown).toMatch(/^\*\*cycle\*\* \(error\): Arrows/);
  });
});
