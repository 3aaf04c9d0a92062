import { expect, test } from 'vitest';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { analysisOf } from '../services/editor/support.ts';

/** Titles of the fixes for names and paths that lead nowhere. */
function fixes(text: string): readonly string[] {
  return diagnose(analysisOf(text))
    .filter(({ rule }) => rule === 'unresolved-name' || rule === 'import-not-found')
    .flatMap((finding) => (finding.fixes ?? []).map(({ title }) => title));
}

const OWN = 'layers = 4, hidden = 64, attention { heads = 2 }, dense { ffn = 64 }';

test.each([
  ['a block of the very name', `model m { ${OWN} }\nmodel n extends acme/m { }`, ['Change to `m`']],
  [
    'the very name before a longer one of the user',
    `model Qwen3-8B-mine { ${OWN} }\nmodel n extends acme/Qwen3-8B { }`,
    ['Change to `Qwen3-8B`'],
  ],
  ['no block that would extend itself', `model m extends acme/m { ${OWN} }`, []],
  ['nor by its other name', `model mine extends acme/m { huggingface = "acme/m", ${OWN} }`, []],
  ['but one of the catalogue with the name', `model Qwen3-8B extends acme/Qwen3-8B { }`, ['Change to `Qwen3-8B`']],
  [
    'and one that goes by the id',
    `model m { huggingface = "acme/x", ${OWN} }\nmodel x extends acme/x { }`,
    ['Write `m`'],
  ],
])('an id of the hub leads to %s', (_, text, titles) => expect(fixes(text)).toEqual(titles));

test.each([
  ['is that model by its own name', 'model m from "Qwen/Qwen3-8B"', ['Write `extends Qwen3-8B`']],
  [
    'of the file itself',
    `model own { huggingface = "acme/own-8b", ${OWN} }\nmodel m from "acme/own-8b"`,
    ['Write `extends own`'],
  ],
  ['is nothing where nobody has it', 'model m from "configs/qwen"', []],
  ['is nothing else where a base is written', 'model m from "Qwen/Qwen3-8B" extends Qwen3-8B', []],
])('a path that is an id of the hub %s', (_, text, titles) => expect(fixes(text)).toEqual(titles));
