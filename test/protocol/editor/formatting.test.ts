import { afterEach, beforeEach, expect, test } from 'vitest';
import { Session } from './session.ts';

const uri = 'file:///workspace/main.moeplan';
const options = { tabSize: 4, insertSpaces: false };
let session: Session;
beforeEach(async () => {
  session = await Session.start();
});
afterEach(() => session.end());

test('a document is formatted with edits in lines and characters', async () => {
  await session.open(uri, 'model m {\n layers=4\n}\n');
  const at = (character: number, newText: string) => ({
    range: { start: { line: 1, character }, end: { line: 1, character } },
    newText,
  });
  expect(await session.ask('textDocument/formatting', { textDocument: { uri }, options })).toEqual([
    at(1, ' '),
    at(7, ' '),
    at(8, ' '),
  ]);
});

test('a range and what was just typed are formatted', async () => {
  await session.open(uri, 'let a=1\nlet b=2\n\n');
  const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } };
  const ofRange = await session.ask<{ range: { start: { line: number } } }[]>('textDocument/rangeFormatting', {
    textDocument: { uri },
    range,
    options,
  });
  expect(ofRange.map((edit) => edit.range.start.line)).toEqual([1, 1]);
  const onType = await session.ask<unknown[]>('textDocument/onTypeFormatting', {
    textDocument: { uri },
    position: { line: 2, character: 0 },
    ch: '\n',
    options,
  });
  expect(onType).toHaveLength(4);
});

test('a document that is not open has no answer', async () => {
  expect(await session.ask('textDocument/formatting', { textDocument: { uri }, options })).toBeNull();
});
