import { expect, test } from 'vitest';
import type { FileAnalysis } from '../../server/src/language/analysis.ts';
import { Cache } from '../../server/src/language/cache.ts';
import { analyse } from '../../server/src/language/program.ts';
import { CATALOG, catalogSources } from '../catalog/catalog.ts';

const URI = 'file:///plan.moeplan';

function shown({ entities, references, lets, compares, findings, problems }: FileAnalysis) {
  return {
    blocks: entities.map(({ keyword, name, children, incomplete }) => [keyword, name, children.length, incomplete]),
    uses: references.map(({ name, span, target }) => [name, span, target.kind]),
    lets: lets.length,
    compares: compares.length,
    found: [...findings, ...problems].length,
  };
}

test.each([...CATALOG.keys()].map((uri) => [uri.slice(uri.lastIndexOf('/') + 1), uri]))(
  'a file of the catalogue of which a plan names a block is the file that is read by itself: %s',
  (_, uri) => {
    const cache = new Cache();
    const text = 'cluster racks { node = H800x8, count = 2 }\nmodel mine extends DeepSeek-V3 { layers = 4 }\n';
    const program = analyse(URI, catalogSources(new Map([[URI, text]])), cache);
    const named = program.lookup('node', 'H800x8');
    expect(named?.properties.size).toBeGreaterThan(0);
    const onDemand = program.analyses.get(uri);
    const alone = analyse(uri, catalogSources()).analyses.get(uri);
    if (!onDemand || !alone) throw new Error(`${uri} is not read`);
    expect(shown(onDemand)).toEqual(shown(alone));
    // What was named before all of it was read is still the same block.
    expect(program.lookup('node', 'H800x8')).toBe(named);
    expect(analyse(URI, catalogSources(new Map([[URI, `${text}\n`]])), cache).lookup('node', 'H800x8')).toBe(named);
  },
);
