import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PublishDiagnosticsNotification } from 'vscode-languageserver/node';
import { Session } from '../protocol/editor/session.ts';
import { largePlan } from '../support/largePlan.ts';

const URI = 'file:///bench/typing.moeplan';

/** What a person writes, piece by piece, somewhere in the text: it is taken out again before the next place. */
const WRITTEN = ['1', '\n', '// a note', '}', 'let n', ' = 3\n', 'model x {\n', '  layers = 4', '\n}\n'];

export interface Growth {
  readonly edits: number;
  readonly heapBefore: number;
  readonly heapAfter: number;
}

/** Replays typing against a server in this process. The heap, in bytes, is what is still used after collecting. */
export async function typing(lines: number, edits: number): Promise<Growth> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heap = () => {
    if (typeof collect === 'function') collect();
    return process.memoryUsage().heapUsed;
  };
  const session = await Session.start();
  let published: (version: number) => void = () => undefined;
  session.client.onNotification(PublishDiagnosticsNotification.type, ({ version }) => published(version ?? 0));
  const text = largePlan(lines);
  let version = 1;
  const arrived = () =>
    new Promise<void>((resolve) => {
      published = (found) => {
        if (found === version) resolve();
      };
    });
  const opened = arrived();
  await session.open(URI, text);
  await opened;
  let place = 0;
  let written = '';
  const type = async () => {
    const piece = WRITTEN[version % (WRITTEN.length + 1)];
    if (piece === undefined) place = (place + 7919) % text.length;
    written = piece === undefined ? '' : written + piece;
    version++;
    const next = arrived();
    await session.change(URI, text.slice(0, place) + written + text.slice(place));
    await next;
  };
  // Once over everything, so that what is kept for a text is there before the count begins.
  const first = Math.floor(edits / 10);
  for (let index = 0; index < first; index++) await type();
  const heapBefore = heap();
  for (let index = first; index < edits; index++) await type();
  const heapAfter = heap();
  session.end();
  return { edits, heapBefore, heapAfter };
}
