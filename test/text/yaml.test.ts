import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type YamlValue, yamlText } from '../../server/src/text/yaml.ts';
import { seeded } from '../support/propertyRuns.ts';

const scalar: fc.Arbitrary<YamlValue> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', '\n', ' ', '#', ':', '-', '"', "'", '\t', '{', '0', '|', '\u0085') }),
  fc.constantFrom('yes', 'null', '1e3', '0x1f', '2026-01-01', '- a', 'a: b', '*x', '&x', '!t', '%', '@', '`', '~', ''),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { mapping } = fc.letrec<{ value: YamlValue; mapping: Readonly<Record<string, YamlValue>> }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('mapping')),
  mapping: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__' && key !== '<<'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(mapping, (value) => {
      expect(parse(yamlText(value)) ?? {}, yamlText(value)).toEqual(value);
    }),
    seeded(600),
  );
});

test.each([
  ['a word', { name: 'vllm/vllm-openai:v0.22.0' }, 'name: vllm/vllm-openai:v0.22.0\n'],
  ['a text that looks like a number', { gpu: '8' }, 'gpu: "8"\n'],
  ['JSON', { config: '{"a": 1}' }, `config: '{"a": 1}'\n`],
  ['a list of mappings', { env: [{ name: 'A', value: 'b' }] }, 'env:\n  - name: A\n    value: b\n'],
  ['lines', { args: ['exec a \\\n  --b\n'] }, 'args:\n  - |\n    exec a \\\n      --b\n'],
  ['nothing', { empty: {}, left: undefined }, 'empty: {}\n'],
])('%s is written as a person would', (_, value, text) => {
  expect(yamlText(value)).toBe(text);
});
