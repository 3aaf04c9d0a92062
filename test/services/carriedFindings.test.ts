import { expect, test } from 'vitest';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { carriedFindings } from '../../server/src/services/findings/carried.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { largePlan } from '../support/largePlan.ts';

const URI = 'file:///workspace/plan.moeplan';
const TEXT = largePlan(60).replaceAll('<= 80 GiB', '<= 8 KiB');

function check(text: string) {
  const analysis = analyseDocument(URI, catalogSources(new Map([[URI, text]])));
  const blocks = analysis.program.own.map(({ node }) => node.span);
  return { text, found: diagnose(analysis), blocks };
}

const placesOf = (found: readonly { readonly rule: string; readonly span: object }[]) =>
  found.map(({ rule, span }) => ({ rule, span }));

test('what was found in a block that waits stands where the block stands now', () => {
  const before = check(TEXT);
  const after = check(TEXT.replace('// Plan 1', '\n\n// Plan 1'));
  expect(before.found.length).toBeGreaterThan(3);
  expect(placesOf(carriedFindings(before, after.text, after.blocks))).toEqual(placesOf(after.found));
  expect(placesOf(after.found)).not.toEqual(placesOf(before.found));
});

test('what lies in the edit is left out, and so is what the language says and what is known already', () => {
  const [claim = 0] = [TEXT.indexOf('<= 8 KiB')];
  const edited = `${TEXT.slice(0, claim)}<= 9 KiB${TEXT.slice(claim + 8)}`;
  const [before, after] = [check(TEXT), check(edited)];
  const carried = carriedFindings(before, edited, after.blocks);
  expect(before.found.length - carried.length).toBe(1);
  expect(carriedFindings(before, edited, [])).toEqual([]);
  const broken = check(TEXT.replace('count = 16', 'count = sixteen'));
  expect(broken.found.some(({ rule }) => rule === 'wrong-type')).toBe(true);
  expect(carriedFindings(broken, TEXT, after.blocks).some(({ rule }) => rule === 'wrong-type')).toBe(false);
});
