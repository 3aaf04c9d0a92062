import { describe, expect, test } from 'vitest';
import { signatureHelp } from '../../../server/src/services/annotations/signatureHelp.ts';
import { analysisAt, SMALL_PLAN } from './support.ts';

/** The label with the part that comes next in `<>`; nothing where no help is given. */
function helpAt(marked: string): string | undefined {
  const { analysis, offset } = analysisAt(marked);
  const found = signatureHelp(analysis, offset);
  const [start, end] = found?.parts[found.active] ?? [];
  if (!found || start === undefined || end === undefined) return undefined;
  return `${found.label.slice(0, start)}<${found.label.slice(start, end)}>${found.label.slice(end)}`;
}

const BYTES = 'GiB | MiB | GB | MB | KiB | KB | TiB | TB | B';

describe('while a value is written', () => {
  test.each([
    ['gpu g { memory = $0 }', `memory = <number> ${BYTES}`],
    ['gpu g { memory = 80$0 }', `memory = <number> ${BYTES}`],
    ['gpu g { memory = 80 $0 }', `memory = number <${BYTES}>`],
    ['gpu g { memory = 80 G$0 }', `memory = number <${BYTES}>`],
    ['gpu g {\n  memory = 80G$0\n}', `memory = number <${BYTES}>`],
    ['model m { layers = $0 }', 'layers = <a whole number>'],
    ['compare a, b { speedup >= $0 }', 'speedup = | >= | <= <a number> +- tolerance'],
    [
      `${SMALL_PLAN}deployment d { expect { step <= 8 ms +- $0 } }`,
      'step = | >= | <= number ms | s | us | ns | min | h <+- tolerance>',
    ],
  ])('%s', (text, expected) => {
    expect(helpAt(text)).toBe(expected);
  });

  test.each([
    ['in front of the sign', 'gpu g { memory $0= 80 GiB }'],
    ['at a name', 'gpu g$0 { }'],
    ['in a comment', 'gpu g { // memory = $0\n}'],
    ['in a path', 'model m from "a = $0'],
    ['of an unknown property', 'gpu g { no-such = $0 }'],
  ])('nothing %s', (_, text) => {
    expect(helpAt(text)).toBeUndefined();
  });

  test.each([
    ['workload w { request-rate = $0 }', 'More than 0.'],
    ['deployment d { parallel { zero = $0 } }', 'Between 0 and 3.'],
  ])('says the bounds: %s', (text, bounds) => {
    const { analysis, offset } = analysisAt(text);
    expect(signatureHelp(analysis, offset)?.doc.source).toContain(bounds);
  });

  test('says the default, the bounds and an example', () => {
    const { analysis, offset } = analysisAt(`${SMALL_PLAN}deployment d { parallel { tp = $0 } }`);
    const doc = signatureHelp(analysis, offset)?.doc.source ?? '';
    expect(doc).toContain('Default: ');
    expect(doc).toContain('At least 1.');
    expect(doc).toContain('`tp = 8`');
  });
});
