import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EditorFiles } from '../../server/src/host/editorFiles.ts';
import type { HostSources } from '../../server/src/host/host.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { folderWith } from '../support/folders.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

/** Parts of which URIs and paths are made that some function of Node, of the URL standard or of vscode-uri refuses. */
const PART = fc.constantFrom(
  'file:',
  'untitled:',
  'vscode-vfs:',
  'https:',
  '//',
  '///',
  '/',
  '\\',
  '..',
  '.',
  'a.moeplan',
  '.json',
  'server',
  '%2F',
  '%5C',
  '%00',
  '%',
  '%zz',
  '%ff',
  '\0',
  '\ud800',
  '\udc00',
  '\u{1f600}',
  ' ',
  '#',
  '?',
  ':',
  '::',
  'c:',
  '[',
  ']',
  '@',
  ':99999',
  '~',
  '\n',
  'x'.repeat(300),
);
const HOSTILE = fc.oneof(
  fc.array(PART, { maxLength: 7 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Texts in which a path stands wherever the language reads one. */
function planWith(path: string): string {
  const quoted = `"${path.replace(/[\\"\r\n]/g, '')}"`;
  return `import ${quoted}\nmodel m from ${quoted}\nmodel n { experts { popularity = ${quoted} } }\n`;
}

const hosts: readonly (readonly [string, (open: ReadonlyMap<string, string>) => HostSources])[] = [
  ['Node', (open) => new NodeSources(folderWith({ 'x.moeplan': '' }), (uri) => open.get(uri))],
  ['an editor', (open) => new EditorFiles(new Map(), (uri) => open.get(uri))],
];

describe.each(hosts)('sources of %s', (_, sourcesOf) => {
  test.each([
    ['file:///w/use.moeplan', '\ud800.moeplan'],
    ['file://server/share/a.moeplan', './b.moeplan'],
    ['file:///a%2Fb.moeplan', './b.moeplan'],
    ['file:///w/use.moeplan', '\0'],
    ['vscode-vfs://github/a.moeplan', '\udc00'],
    ['\ud800', './b.moeplan'],
    ['no uri', './b.moeplan'],
  ])('a plan at %j that names %j has one finding for each path', (uri, path) => {
    const open = new Map([[uri, planWith(path)]]);
    const found = diagnose(analyseDocument(uri, sourcesOf(open)));
    const rules = found
      .map(({ rule }) => rule)
      .filter((rule) => /^(?:import-not-found|import-outside-workspace)$/.test(rule));
    expect(rules).toHaveLength(3);
    expect(found.map(({ rule }) => rule)).not.toContain('internal-error');
  });

  test('throw at no URI and no path, and read nothing outside of the roots', () => {
    fc.assert(
      fc.property(HOSTILE, HOSTILE, fc.array(HOSTILE, { maxLength: 2 }), (uri, path, roots) => {
        const open = new Map([[uri, planWith(path)]]);
        const sources = sourcesOf(open);
        sources.setRoots(roots);
        sources.filesBelow(['file://server/none', 'vscode-vfs:', 'file:///no%2Fwhere'], '.moeplan');
        for (const each of [uri, path]) {
          const resolved = sources.resolve(each, path);
          if ('uri' in resolved) sources.read(resolved.uri);
          if (!each.startsWith('file:')) sources.read(each);
          sources.invalidate(each);
          sources.provide(each, { unread: 'failed' });
        }
        const found = diagnose(analyseDocument(uri, sources));
        expect(found.map(({ rule, message }) => (rule === 'internal-error' ? message : ''))).not.toContainEqual(
          expect.stringContaining('mistake'),
        );
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});
