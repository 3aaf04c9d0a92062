import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, closeAll, diagnosticsWhen, open, positionOf } from './support.ts';

/** What a person reads when the mouse rests on each of these. */
const expected: readonly { readonly on: string; readonly at: RegExp; readonly shows: readonly RegExp[] }[] = [
  { on: 'a range of GPUs', at: /\bgpus\s*=/, shows: [/\b[GM]iB\b/, /memory|weights/i] },
  { on: 'the experts', at: /\bexperts\s*\{/, shows: [/\b[GM]iB\b|per GPU/i, /expert/i] },
  { on: 'tensor parallelism', at: /\btp\s*=/, shows: [/shard|tensor/i] },
];

export function hoverSuite(): void {
  describe('hover', () => {
    let document: vscode.TextDocument;

    before(async () => {
      ({ document } = await open(analysis));
      // The server has read the plan once it has said something about it.
      await diagnosticsWhen(document.uri, 'a diagnostic', (all) => all.length > 0);
    });
    after(closeAll);

    for (const { on, at, shows } of expected) {
      it(`on ${on} shows what it comes to`, async () => {
        const text = await hoverAt(document, positionOf(document, at));
        for (const pattern of shows) assert.match(text, pattern);
      });
    }
  });
}

async function hoverAt(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}
