import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource, type SourceFile } from '../../../server/src/language/source.ts';
import { type Analysis, analyseDocument } from '../../../server/src/services/analysis.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { format } from '../../../server/src/services/format/format.ts';
import { fixturesBelow, parseFixture, WORKSPACE } from '../../support/annotations.ts';
import { memorySources } from '../../support/sources.ts';

const root = join(import.meta.dirname, '../../..');

function plansIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.moeplan'))
    .map((name) => [name, readFileSync(join(root, folder, name), 'utf8')] as const);
}

export const CATALOG: ReadonlyMap<string, string> = new Map(
  plansIn('server/src/catalog').map(([name, text]) => [`file:///catalog/${name}`, text]),
);

export const EXAMPLES: ReadonlyMap<string, string> = new Map(plansIn('examples'));

/** Every text in the language that the project has, by a name that says where from. */
export function corpus(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>([...EXAMPLES, ...CATALOG]);
  const fixtures = join(root, 'test/fixtures/rules');
  for (const name of fixturesBelow(fixtures)) {
    for (const [uri, text] of parseFixture(readFileSync(join(fixtures, name), 'utf8')))
      texts.set(`${name} ${uri.slice(WORKSPACE.length)}`, text);
  }
  return texts;
}

export const MAIN = `${WORKSPACE}main.moeplan`;

/** The analysis of a text beside the shipped catalogue, and beside other files of the workspace. */
export function analysisOf(text: string, others: Readonly<Record<string, string>> = {}): Analysis {
  const files = new Map([
    [MAIN, text],
    ...Object.entries(others).map(([name, each]) => [WORKSPACE + name, each] as const),
  ]);
  return analyseDocument(MAIN, memorySources(files, CATALOG));
}

export function sourceOf(text: string): SourceFile {
  return parseSource(MAIN, text);
}

export function formatted(text: string): string {
  return applyEdits(text, format(sourceOf(text)));
}

/** A text with `$0` for the cursor: the text without it, and where it stood. */
export function cursorIn(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('$0');
  if (offset < 0) throw new Error('no $0 in the text');
  return { text: marked.replace('$0', ''), offset };
}

/** The analysis of a text with `$0`, and the offset where it stood. */
export function analysisAt(
  marked: string,
  others: Readonly<Record<string, string>> = {},
): { readonly analysis: Analysis; readonly offset: number } {
  const { text, offset } = cursorIn(marked);
  return { analysis: analysisOf(text, others), offset };
}

/** A small plan that fits and can be computed, with a place for more blocks. */
export const SMALL_PLAN = `model small {
  layers = 4, hidden = 4096
  attention { heads = 32, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 32_768, gated = false }
}
cluster two-nodes { node = DGX-H100, count = 2 }
workload batch { sequences = 128, length = 10_000 tokens }
`;
