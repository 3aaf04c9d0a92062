import { expect, test } from 'vitest';
import { arrivedFirst, nextTurn } from '../../server/src/lsp/contain.ts';
import { inTurns } from '../../server/src/lsp/turns.ts';

test('what is sent before a piece is on its way before the piece is begun', async () => {
  const happened: string[] = [];
  const work = function* () {
    yield 'first';
    happened.push('piece done');
    return 'all';
  };
  const send = async () => {
    await nextTurn();
    happened.push('sent');
  };
  const result = await inTurns(
    work(),
    () => true,
    () => send(),
  );
  expect(result).toBe('all');
  expect(happened).toEqual(['sent', 'piece done']);
});

test('a piece that nobody wants once what came before it is sent is not begun', async () => {
  let isWanted = true;
  const begun: string[] = [];
  const work = function* () {
    yield 'first';
    begun.push('first');
  };
  const send = async () => {
    isWanted = false;
  };
  await inTurns(
    work(),
    () => isWanted,
    () => send(),
  );
  expect(begun).toEqual([]);
});

test('a message that has arrived is read, decoded and handled before work goes on', async () => {
  const happened: string[] = [];
  const decoded = () => setImmediate(() => happened.push('handled'));
  setImmediate(() => setImmediate(decoded));
  await arrivedFirst();
  happened.push('work');
  expect(happened).toEqual(['handled', 'work']);
});
