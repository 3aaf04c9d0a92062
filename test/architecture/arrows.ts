import { builtinModules } from 'node:module';
import { posix } from 'node:path';

/** One import of a TypeScript file. `typeOnly` ones leave nothing in the bundle. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** How text is written in each format: of use to everyone, and knows nobody. */
const TEXT = ['text'];
const LANGUAGE = ['language', ...TEXT];
const DATA = ['plan', ...LANGUAGE];
const ENGINES = ['engines', ...DATA];
const PLAN = ['plan', 'plan/rooms', 'engines', ...LANGUAGE];
const COST = ['cost', ...PLAN];
const GRAPH = ['graph', ...COST];
const SEARCH = ['search', ...COST];
const LAUNCH = ['launch', ...ENGINES];
const SERVICES = ['services', ...new Set([...GRAPH, ...SEARCH, ...LAUNCH])];
const HOST = ['host', ...SERVICES];

/**
 * What each folder of `server/src` may import. Engines stand between the plan's data, which are the files of `plan` itself,
 * and its rooms, in which plans are read, completed and judged. The command line starts the language server, so it may
 * import that too.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  text: TEXT,
  language: LANGUAGE,
  plan: DATA,
  engines: ENGINES,
  'plan/rooms': PLAN,
  cost: COST,
  graph: GRAPH,
  search: SEARCH,
  launch: LAUNCH,
  services: SERVICES,
  host: HOST,
  lsp: ['lsp', ...HOST],
  cli: ['cli', 'lsp', ...HOST],
};

/** Folders that may touch files, processes and the protocol. */
const OUTSIDE = new Set(['host', 'lsp', 'cli']);

/** The only files of the server that the client may know, and only as types. What is in `text/` it may run. */
const SHARED_WITH_CLIENT =
  /^server\/src\/(?:text\/[^/]+|services\/preview\/[^/]+|graph\/(?:types|palette|pixels)|cost\/numbers|cost\/figures\/quantities)\.ts$/;

/**
 * What both ends of the preview run: the check of messages, the tables of views and exports, the colours of the picture and its
 * size in pixels, the spread of traffic over pairs of GPUs, the words for quantities, and the one place that makes text of numbers.
 * They import nothing but types, each other and the library that messages are checked with, so they bring nothing along.
 */
const RUN_BY_BOTH = new Set([
  'server/src/services/preview/messages.ts',
  'server/src/services/preview/exportFormats.ts',
  'server/src/services/preview/views.ts',
  'server/src/services/preview/trafficCells.ts',
  'server/src/graph/palette.ts',
  'server/src/graph/pixels.ts',
  'server/src/cost/numbers.ts',
  'server/src/cost/figures/quantities.ts',
]);

const COMMENTS_AND_TEMPLATES = /\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g;
const STATIC = /^[ \t]*(?:import|export)\b(?:\s+(type)\b(?!\s*,|\s+from\b))?(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g;

/** Every import of a text; comments do not count. */
export function importsOf(text: string): readonly Import[] {
  // Comments become blanks of equal length, so that lines stay where they are.
  const code = text.replace(COMMENTS_AND_TEMPLATES, (comment) => comment.replace(/[^\n]/g, ' '));
  const lineAt = (offset: number) => code.slice(0, offset).split('\n').length;
  const found: Import[] = [];
  for (const match of code.matchAll(STATIC)) {
    const [whole, type, specifier = ''] = match;
    const line = lineAt(match.index + whole.length - 1);
    found.push({ specifier, typeOnly: type === 'type', line });
  }
  for (const match of code.matchAll(DYNAMIC)) {
    found.push({ specifier: match[1] ?? '', typeOnly: false, line: lineAt(match.index) });
  }
  return found;
}

/** What the imports of one file do against the architecture: one sentence each. `path` is from the project's root. */
export function violations(path: string, text: string): readonly string[] {
  return importsOf(text).flatMap((one) => {
    const reason = path.startsWith('client/') ? clientViolation(path, one) : serverViolation(path, one);
    return reason === undefined ? [] : [`${path}:${one.line}: ${reason}`];
  });
}

export function targetOf(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

function serverViolation(path: string, { specifier, typeOnly }: Import): string | undefined {
  if (RUN_BY_BOTH.has(path) && !typeOnly && specifier !== 'valibot' && !RUN_BY_BOTH.has(targetOf(path, specifier)))
    return 'this file runs in the client too and imports types only';
  const folder = folderOf(path);
  if (folder === undefined) return undefined;
  const allowed = ARROWS[folder];
  if (!allowed) return `\`${folder}\` is no folder that the architecture knows; give it a place among the arrows`;
  if (!specifier.startsWith('.')) {
    if (OUTSIDE.has(folder)) return undefined;
    if (isBuiltin(specifier))
      return `\`${folder}\` does no input or output; \`${specifier}\` belongs in host, lsp or cli`;
    if (/^vscode-language(?:server|client)(?:$|\/|-protocol|-types)/.test(specifier) || specifier === 'vscode') {
      return `\`${folder}\` knows no editor protocol; \`${specifier}\` belongs in lsp`;
    }
    return undefined;
  }
  const target = targetOf(path, specifier);
  if (!target.startsWith('server/src/')) return `the server imports nothing outside its own folder, here \`${target}\``;
  const other = folderOf(target);
  if (other === 'catalog') return 'the catalogue is read as text by hosts and imported by nobody';
  if (other === undefined || !allowed.includes(other)) {
    return `\`${folder}\` may import ${allowed.join(', ')}, not \`${other ?? target}\``;
  }
  return undefined;
}

function clientViolation(path: string, { specifier, typeOnly }: Import): string | undefined {
  if (!specifier.startsWith('.')) {
    const page = path.startsWith('client/preview/');
    return page && (isBuiltin(specifier) || specifier === 'vscode')
      ? `the preview page runs in a browser; \`${specifier}\` does not exist there`
      : undefined;
  }
  const target = targetOf(path, specifier);
  if (!target.startsWith('server/')) return undefined;
  if (!SHARED_WITH_CLIENT.test(target))
    return `the client may know the preview's protocol and the graph's types, not \`${target}\``;
  return typeOnly || RUN_BY_BOTH.has(target) || target.startsWith('server/src/text/')
    ? undefined
    : `the client may import types of the server only; write \`import type\` for \`${target}\``;
}

function folderOf(path: string): string | undefined {
  const folder = /^server\/src\/([^/]+)\//.exec(path)?.[1];
  return folder === 'plan' && /^server\/src\/plan\/[^/]+\//.test(path) ? 'plan/rooms' : folder;
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '');
}
