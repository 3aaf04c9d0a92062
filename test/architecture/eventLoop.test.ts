import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../server/src/lsp');

/** Ways in which the event loop calls a function, other than a handler of a contained connection. */
const ENTRIES: readonly (readonly [string, RegExp])[] = [
  ['a timer', /\b(?:setTimeout|setImmediate|setInterval|queueMicrotask|nextTick)\b/],
  ['a promise', /\.(?:then|catch|finally)\(|\bvoid \w/],
  ['a listener', /\.(?:on|once|addListener|addEventListener|prependListener)\(\s*'/],
  ['an event of a document', /\bdocuments\.on[A-Z]/],
  ['an event of a stream', /\breader\.on[A-Z]|\bwriter\.on[A-Z]/],
];

/** The entries that there are, by file, and why a mistake cannot get through. */
const CONTAINED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'contain.ts': {
    'a timer': 'Turns.soon guards what it schedules; nextTurn only resumes a contained handler',
    'a promise': 'Turns.background, Turns.unheeded and contained handlers catch',
  },
  'stdio.ts': { 'a listener': 'each is guarded' },
  'server.ts': { 'an event of a document': 'each is guarded' },
  'browserMain.ts': { 'a listener': 'a worker outlives what its listeners throw, and there is no server yet' },
  // Not an event: semantic tokens and the like are registered on the contained connection by `.on(handler)`.
};

/** Comments taken out. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, ' ');
}

function entriesOf(text: string): readonly string[] {
  const code = codeOf(text);
  return ENTRIES.filter(([, pattern]) => pattern.test(code)).map(([name]) => name);
}

test('every entry from the event loop into the server is contained', () => {
  const found = readdirSync(folder)
    .map((name) => [name, entriesOf(readFileSync(join(folder, name), 'utf8'))] as const)
    .filter(([, entries]) => entries.length > 0);
  const listed = Object.entries(CONTAINED).map(([name, entries]) => [name, Object.keys(entries)] as const);
  expect(new Map(found)).toEqual(new Map(listed));
});

test('listeners of streams and documents are guarded, every one', () => {
  for (const name of ['stdio.ts', 'server.ts']) {
    const code = codeOf(readFileSync(join(folder, name), 'utf8'));
    const guarded = new Set([...code.matchAll(/const (\w+) = turns\.guarded\(/g)].map(([, variable]) => variable));
    const listeners = [
      ...code.matchAll(/\.(?:on|once)\(\s*'\w+',\s*([\w.]+)/g),
      ...code.matchAll(/\bdocuments\.on\w+\(\s*([\w.]+)/g),
    ].map(([, listener = '']) => listener);
    expect(listeners.length, name).toBeGreaterThan(0);
    expect(
      listeners.filter((listener) => listener !== 'turns.guarded' && !guarded.has(listener)),
      name,
    ).toEqual([]);
  }
});

test('all handlers of messages are registered on the contained connection', () => {
  const server = codeOf(readFileSync(join(folder, 'server.ts'), 'utf8'));
  expect(server).toContain('const connection = containing(channel);');
  expect(server.match(/\bchannel\.(?!console\b)\w+/g)).toEqual(['channel.listen']);
});

test.each([
  ['setTimeout(work)', 'a timer'],
  ['globalThis.setImmediate(work)', 'a timer'],
  ['work.then(go)', 'a promise'],
  ['void work();', 'a promise'],
  ["process.on('exit', go)", 'a listener'],
  ["input.once(\n  'end', go)", 'a listener'],
  ['workspace.documents.onDidSave(go)', 'an event of a document'],
])('%s is seen as %s', (code, entry) => {
  expect(entriesOf(code)).toContain(entry);
});

test('comments and types are not seen', () => {
  expect(entriesOf('/* setTimeout(x) */ // work.then(go)\nfunction f(): void {}\nlet g: () => void;')).toEqual([]);
});
