import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { originOf } from '../../server/src/language/moved.ts';
import { parseSource, type SourceFile } from '../../server/src/language/source.ts';
import { childNodes, type Node } from '../../server/src/language/walk.ts';
import { fixturesBelow } from '../support/annotations.ts';
import { projectRoot } from '../support/dist.ts';
import { edit, edited } from '../support/edits.ts';
import { largePlan } from '../support/largePlan.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

const fixtures = join(projectRoot, 'test/fixtures/rules');
const examples = join(projectRoot, 'examples');

const corpus = [
  ...fixturesBelow(fixtures).map((name) => join(fixtures, name)),
  ...readdirSync(examples).flatMap((name) => (name.endsWith('.moeplan') ? [join(examples, name)] : [])),
].map((path) => readFileSync(path, 'utf8'));

/** Everything that reading gave, whatever of it was taken over. */
function plain({ tree, errorsBefore, tokens }: SourceFile): unknown {
  return { items: tree.items.map(plainNode), errors: tree.errors, errorsBefore, tokens };
}

function plainNode(node: Node): unknown {
  const { start, end } = node.span;
  const own = Object.entries(node).filter(([, part]) => typeof part === 'string' || typeof part === 'boolean');
  const body = node.kind === 'block' ? [node.body.start, node.body.end] : [];
  return [...own.sort(), start, end, ...body, ...childNodes(node).map(plainNode)];
}

describe('reading a text again after an edit', () => {
  test.each([
    ['fixtures and examples', corpus, 400],
    ['a long plan', [largePlan(150)], 60],
  ] as const)('%s: gives what reading all of it gives', (_, texts, numRuns) => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 8 }), (original, edits) => {
        let source = parseSource('file:///a', original);
        for (const each of edits) {
          source = parseSource('file:///a', edited(source.text, each), source);
          expect(plain(source)).toEqual(plain(parseSource('file:///a', source.text)));
        }
      }),
      { numRuns: propertyRuns(numRuns) },
    );
  });

  test('blocks that the edit does not touch are taken over, however often the text moves', () => {
    const text = largePlan(200);
    const before = parseSource('file:///a', text);
    const at = text.indexOf('hidden = ', text.length / 2) + 'hidden = '.length;
    let after = before;
    for (const piece of ['1', '12', '123'])
      after = parseSource('file:///a', text.slice(0, at) + piece + text.slice(at), after);
    const origins = new Set(before.tree.items.map((item) => (item.kind === 'block' ? originOf(item) : item)));
    const fresh = after.tree.items.filter((item) => item.kind !== 'block' || !origins.has(originOf(item)));
    expect(fresh.map((item) => item.kind === 'block' && item.name?.text)).toEqual(['model-4']);
    expect(after.tree.items.at(-1)?.span.start).toBe((before.tree.items.at(-1)?.span.start ?? 0) + '123'.length);
  });
});
