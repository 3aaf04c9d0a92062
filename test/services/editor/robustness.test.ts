import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextEdit } from '../../../server/src/language/diagnostic.ts';
import { tokenize } from '../../../server/src/language/lexer.ts';
import { codeLenses } from '../../../server/src/services/annotations/codeLens.ts';
import { inlayHints } from '../../../server/src/services/annotations/inlayHints.ts';
import { semanticTokens } from '../../../server/src/services/annotations/semanticTokens.ts';
import { signatureHelp } from '../../../server/src/services/annotations/signatureHelp.ts';
import { status } from '../../../server/src/services/annotations/status.ts';
import { complete } from '../../../server/src/services/completion/completion.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { fixAll, suppressionFix } from '../../../server/src/services/findings/fixes.ts';
import { wideFixes } from '../../../server/src/services/findings/wideFixes.ts';
import { format, formatOnType, formatRange } from '../../../server/src/services/format/format.ts';
import { hover } from '../../../server/src/services/hover/hover.ts';
import { definition } from '../../../server/src/services/navigation/definition.ts';
import { documentLinks } from '../../../server/src/services/navigation/documentLinks.ts';
import { foldingRanges } from '../../../server/src/services/navigation/folding.ts';
import { importsFile } from '../../../server/src/services/navigation/importers.ts';
import { placedBy, places, prepareHierarchy } from '../../../server/src/services/navigation/placementHierarchy.ts';
import { references } from '../../../server/src/services/navigation/references.ts';
import { selectionRanges } from '../../../server/src/services/navigation/selection.ts';
import { documentSymbols } from '../../../server/src/services/navigation/symbols.ts';
import { typeDefinition } from '../../../server/src/services/navigation/typeDefinition.ts';
import { workspaceSymbols } from '../../../server/src/services/navigation/workspaceSymbols.ts';
import { importConfig } from '../../../server/src/services/refactor/importConfig.ts';
import { linkedRanges } from '../../../server/src/services/refactor/linkedEditing.ts';
import { refactorings } from '../../../server/src/services/refactor/refactor.ts';
import { prepareRename, rename } from '../../../server/src/services/refactor/rename.ts';
import { uniform } from '../../support/numbers.ts';
import { propertyRuns } from '../../support/propertyRuns.ts';
import { analysisOf, corpus, MAIN, SMALL_PLAN } from './support.ts';

const texts = corpus();
const FILES = { filesWith: (extension: string) => [`file:///workspace/other${extension}`] };

function expectInside(edits: readonly TextEdit[], text: string, what: string): void {
  for (const { span, uri } of edits) {
    if (uri === MAIN && !(0 <= span.start && span.start <= span.end && span.end <= text.length))
      throw new Error(`${what}: an edit outside the text`);
  }
}

function expectApart(edits: readonly TextEdit[], text: string, what: string): void {
  expectInside(edits, text, what);
  const sorted = edits.toSorted((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
  sorted.forEach(({ span }, index) => {
    if (span.start < (sorted[index - 1]?.span.end ?? 0)) throw new Error(`${what}: edits that overlap`);
  });
}

/** Asks everything of a text, at these offsets where there is a place to ask about. */
function askAll(text: string, offsets: readonly number[]): void {
  const analysis = analysisOf(text);
  const found = diagnose(analysis);
  for (const each of found) {
    for (const fix of [...(each.fixes ?? []), ...wideFixes(analysis, each, FILES)])
      expectApart(fix.edits, text, fix.title);
    expectApart(suppressionFix(analysis.source, each).edits, text, 'suppression');
  }
  expectApart(fixAll(MAIN, found), text, 'fix all');
  expectApart(format(analysis.source), text, 'format');
  const whole = { start: 0, end: text.length };
  for (const { offset } of inlayHints(analysis, whole))
    if (offset < 0 || offset > text.length) throw new Error('a hint outside the text');
  codeLenses(analysis);
  documentSymbols(analysis);
  foldingRanges(analysis);
  documentLinks(analysis);
  semanticTokens(analysis);
  workspaceSymbols([analysis.source], 'e');
  importsFile(analysis.source, MAIN, { resolve: (_, path) => ({ uri: path }) });
  importConfig(analysis, 'file:///workspace/a/config.json', text);
  for (const offset of offsets) {
    for (const { computed, replace } of complete(analysis, offset, FILES)) {
      computed?.();
      if (replace && !(replace.start <= offset && offset <= replace.end))
        throw new Error('a completion that replaces what is elsewhere');
    }
    hover(analysis, offset);
    definition(analysis, offset);
    typeDefinition(analysis, offset);
    references(analysis, offset, true);
    prepareRename(analysis, offset);
    rename(analysis, offset, 'other');
    linkedRanges(analysis, offset);
    selectionRanges(analysis.source, offset);
    signatureHelp(analysis, offset);
    status(analysis, offset);
    formatRange(analysis.source, { start: offset, end: offset });
    for (const typed of ['}', '\n']) expectApart(formatOnType(analysis.source, offset, typed), text, 'format on type');
    for (const { edits, title } of refactorings(analysis, offset, () => false)) expectApart(edits, text, title);
    const thing = prepareHierarchy(analysis, offset)?.thing;
    if (thing) {
      placedBy(analysis, thing);
      places(analysis, thing);
    }
  }
}

describe('nothing that an editor may ask throws', () => {
  test.each([...texts.keys()])('of %s, whole and cut off', (name) => {
    const text = texts.get(name) ?? '';
    const step = Math.max(1, Math.floor(text.length / 25));
    for (let end = 0; end <= text.length; end += step) askAll(text.slice(0, end), [end, Math.floor(end / 2)]);
    const everywhere = Array.from({ length: Math.ceil(text.length / 13) }, (_, index) => index * 13);
    askAll(text, everywhere.slice(0, 60));
  });

  test('of a cluster of 200,000 GPUs', () => {
    const text = `${SMALL_PLAN.replace('count = 2 }', 'count = 25_000 }')}deployment d {
  model = small, cluster = two-nodes, workload = batch
  gpus = 0..199_999
  parallel { ep = 200_000 }
}
`;
    askAll(
      text,
      ['gpus = 0..', 'ep = ', 'parallel', 'deployment d'].map((word) => text.lastIndexOf(word) + 5),
    );
  });

  test('of mutations of them', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      '=',
      '"',
      '//',
      '/*',
      '\n',
      ' = 3',
      '0',
      '-1',
      '1e9',
      'model ',
      'stage s ',
      '->',
      '..',
      '§',
      'extends ',
      '% ',
    );
    const mutation = fc.record({
      text: fc.constantFrom(...texts.values()),
      at: uniform(0, 1),
      remove: fc.integer({ min: 0, max: 12 }),
      insert: fc.array(piece, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(mutation, ({ text, at, remove, insert }) => {
        const offset = Math.floor(at * text.length);
        const added = insert.join('');
        const end = offset + added.length;
        askAll(text.slice(0, offset) + added + text.slice(offset + remove), [offset, end, end + 3]);
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});

describe('a rename there and back', () => {
  /** Words of a text, of a long one some: each asks for two analyses. */
  const names = (text: string) => {
    const words = tokenize(text).filter(({ kind }) => kind === 'word');
    const step = Math.ceil(words.length / 80);
    return words.filter((_, index) => index % step === 0).map(({ start }) => start);
  };

  test.each([...texts.keys()])('restores %s', (name) => {
    const text = texts.get(name) ?? '';
    const analysis = analysisOf(text);
    const seen = new Set<string>();
    for (const offset of names(text)) {
      const prepared = prepareRename(analysis, offset);
      if ('refused' in prepared) continue;
      const there = rename(analysis, offset, 'never-used-before');
      const edits = 'edits' in there ? there.edits : [];
      const key = edits.map(({ span }) => span.start).join();
      // A name is the same from wherever it is renamed.
      if (seen.has(key)) continue;
      seen.add(key);
      expect(edits.some(({ span }) => span.start === prepared.span.start)).toBe(true);
      const old = text.slice(prepared.span.start, prepared.span.end);
      const renamed = applyEdits(text, edits);
      const before = edits.filter(({ span }) => span.start < prepared.span.start).length;
      const place = prepared.span.start + before * ('never-used-before'.length - old.length);
      const back = rename(analysisOf(renamed), place, old);
      if ('refused' in back) {
        // What stood there was no name, or another one's: the text says so itself.
        expect(diagnose(analysis).map(({ rule }) => rule)).toContainEqual(
          expect.stringMatching(/^(?:duplicate-name|unexpected-token)$/),
        );
        continue;
      }
      expect(applyEdits(renamed, back.edits), `${old} at ${offset}`).toBe(text);
    }
  });
});
