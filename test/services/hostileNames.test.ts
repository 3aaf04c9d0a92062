import { describe, expect, test } from 'vitest';
import { readSettings } from '../../server/src/lsp/settings.ts';
import { complete } from '../../server/src/services/completion/completion.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { analysisOf } from './editor/support.ts';

/** Names that every object of JavaScript has. */
const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

/** Every place of a text where a person may write a name. */
const PLACES: readonly ((name: string) => string)[] = [
  (name) => `model m { layers = 2, hidden = 64, tied = ${name} }`,
  (name) => `model m { ${name} = 1 }`,
  (name) => `${name} x { }`,
  (name) => `model m { ${name} { } }`,
  (name) => `model ${name} { layers = ${name}, hidden = 1 ${name} }`,
  (name) => `gpu ${name} { memory = 1 ${name}, bandwidth = 1 TB/s, bf16 = 1 TFLOP/s }`,
  (name) => `let ${name} = ${name}`,
  (name) =>
    `deployment d { model = ${name}, order = [${name}], parallel { schedule = ${name}, recompute = [${name}] } }`,
  (name) => `// moeplan-ignore ${name}: because\nlet a = 1`,
  (name) => `compare ${name}, ${name} { ${name} >= 1 }`,
  (name) =>
    `layer l { operator ${name} { kind = ${name}, input = [${name}], output = [1] }\n input -> ${name} -> output }`,
  (name) => `import "${name}"`,
  (name) => `model m { experts { popularity = ${name}(1) }\n layers { 0..1 = ${name} } }`,
  (name) => `model m { layers ${name} 3 }`,
  (name) => `model m from "${name}.json" { }`,
];

const FOREIGN = /native code|\[object |undefined|NaN/;

describe('names that every object of JavaScript has are names like others', () => {
  test.each(NAMES)('%s', (name) => {
    for (const place of PLACES) {
      const text = `${place(name)}\n`;
      const analysis = analysisOf(text, { [`${name}.json`]: `{"model_type": "${name}", "${name}": "${name}"}` });
      // The same place with a name that nothing has: as many findings, of the same rules.
      const plain = diagnose(
        analysisOf(`${place('zzyzx')}\n`, { 'zzyzx.json': '{"model_type": "zzyzx", "zzyzx": "zzyzx"}' }),
      );
      const found = diagnose(analysis);
      expect(
        found.map(({ rule }) => rule),
        text,
      ).toEqual(plain.map(({ rule }) => rule));
      for (const { message, fixes = [] } of found) {
        expect(message).not.toMatch(FOREIGN);
        for (const { title } of fixes) expect(title).not.toMatch(FOREIGN);
      }
      for (let offset = 0; offset <= text.length; offset++) {
        expect(hover(analysis, offset)?.markdown ?? '').not.toMatch(FOREIGN);
        for (const { label } of complete(analysis, offset)) expect(label).not.toMatch(FOREIGN);
      }
      expect(report(analysis)).not.toMatch(FOREIGN);
    }
  });

  test('a setting of such a name switches nothing', () => {
    const settings = readSettings(JSON.parse('{"rules": {"__proto__": "off", "constructor": "off", "cycle": "off"}}'));
    const text = 'model m { tied = 3 }\n';
    expect(diagnose(analysisOf(text), settings.rules)).toEqual(diagnose(analysisOf(text)));
  });
});
