import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';

const server = join(import.meta.dirname, '../../server/src');

/** The folders that do input and output; what lies below them is called by them. */
const FOLDERS = ['lsp', 'host', 'cli'] as const;

/** Ways in which the event loop calls a function, other than a handler of a contained connection. */
const ENTRIES: readonly (readonly [string, RegExp])[] = [
  ['a timer', /\b(?:setTimeout|setImmediate|setInterval|queueMicrotask|nextTick)\b/],
  ['a promise', /\.(?:then|catch|finally)\(|\bvoid \w/],
  [
    'a listener',
    /\.(?:on|once|addListener|addEventListener|prependListener)\(\s*'|\bprocess\.(?:on|once)\(|\.on[a-z]+ = /,
  ],
  ['an event of a document', /\bdocuments\.on[A-Z]/],
  ['an event of a stream', /\breader\.on[A-Z]|\bwriter\.on[A-Z]/],
];

/** The entries that there are, by file, and why a mistake cannot get through. */
const CONTAINED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lsp/contain.ts': {
    'a timer': 'Turns.soon guards what it schedules; nextTurn and arrivedFirst only resume contained handlers',
    'a promise': 'Turns.background, Turns.unheeded and contained handlers catch',
  },
  'lsp/stdio.ts': { 'a listener': 'each is guarded' },
  'lsp/server.ts': { 'an event of a document': 'each is guarded' },
  'lsp/browserMain.ts': { 'a listener': 'a worker outlives what its listeners throw, and there is no server yet' },
  'host/lastResort.ts': {
    'a listener': 'what nothing else caught comes here; whoever sets the handler sees that it throws nothing',
  },
  'cli/main.ts': {
    'a listener': 'standard output that fails ends the process, standard error that fails is for nobody',
  },
  'cli/search/decide.ts': {
    'a promise': 'a thread that ends resolves it',
    'a listener': 'errors of a thread reject the promise of the search',
  },
  'cli/search/worker.ts': { 'a listener': 'what it throws is an error of the thread' },
  'cli/mcp/serve.ts': { 'a listener': 'each settles a promise or says a line on standard error' },
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
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(server, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path.replaceAll(sep, '/'), entriesOf(readFileSync(join(server, path), 'utf8'))] as const)
    .filter(([, entries]) => entries.length > 0);
  const listed = Object.entries(CONTAINED).map(([name, entries]) => [name, Object.keys(entries)] as const);
  expect(new Map(found)).toEqual(new Map(listed));
});

test('listeners of streams and documents are guarded, every one', () => {
  for (const name of ['lsp/stdio.ts', 'lsp/server.ts']) {
    const code = codeOf(readFileSync(join(server, name), 'utf8'));
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
  const code = codeOf(readFileSync(join(server, 'lsp/server.ts'), 'utf8'));
  expect(code).toContain('const connection = containing(channel);');
  expect(code.match(/\bchannel\.(?!console\b)\w+/g)).toEqual(['channel.listen']);
});

test.each([
  ['setTimeout(work)', 'a timer'],
  ['globalThis.setImmediate(work)', 'a timer'],
  ['work.then(go)', 'a promise'],
  ['void work();', 'a promise'],
  ["process.on('exit', go)", 'a listener'],
  ['for (const event of events) process.on(event, go)', 'a listener'],
  ['worker.onmessage = go', 'a listener'],
  ["input.once(\n  'end', go)", 'a listener'],
  ['workspace.documents.onDidSave(go)', 'an event of a document'],
])('%s is seen as %s', (code, entry) => {
  expect(entriesOf(code)).toContain(entry);
});

test('comments and types are not seen', () => {
  expect(entriesOf('/* setTimeout(x) */ // work.then(go)\nfunction f(): void {}\nlet g: () => void;')).toEqual([]);
});
