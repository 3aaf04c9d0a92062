import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, violations } from './arrows.ts';

const root = join(import.meta.dirname, '../..');

/** Every TypeScript file below a folder, as a path from the project's root and its text. */
function sources(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?ts$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')] as const;
    });
}

const product = [...sources('server'), ...sources('client')];
const everything = [...product, ...sources('scripts'), ...sources('test')];

describe('imports', () => {
  test('run one way: lsp, cli -> host -> services -> graph, search -> cost -> plan/... -> engines -> plan -> language', () => {
    expect(product.length).toBeGreaterThan(50);
    expect(product.flatMap(([path, text]) => violations(path, text))).toEqual([]);
  });

  test.each([
    ['server/src/plan/a.ts', "import { x } from '../cost/figure.ts';", 'may import plan, language, text, not `cost`'],
    ['server/src/plan/a.ts', "import { engineProfile } from '../engines/index.ts';", 'not `engines`'],
    ['server/src/engines/vllm/a.ts', "import { derive } from '../../plan/derive/derive.ts';", 'not `plan/rooms`'],
    ['server/src/engines/vllm/a.ts', "import { evaluate } from '../../cost/evaluate.ts';", 'not `cost`'],
    ['server/src/language/rules/a.ts', "import type { Model } from '../../plan/model.ts';", 'not `plan`'],
    ['server/src/cost/a.ts', "import { readFileSync } from 'node:fs';", 'does no input or output'],
    ['server/src/cost/a.ts', "import fs from 'fs/promises';", 'does no input or output'],
    ['server/src/services/a.ts', "import { Hover } from 'vscode-languageserver';", 'knows no editor protocol'],
    ['server/src/services/a.ts', "import { Hover } from 'vscode-languageserver-types';", 'knows no editor protocol'],
    ['server/src/services/a.ts', "const fs = await import('node:fs');", 'does no input or output'],
    ['server/src/graph/a.ts', "export * from '../services/hover.ts';", 'not `services`'],
    ['server/src/search/a.ts', "import { x } from '../graph/build.ts';", 'not `graph`'],
    ['server/src/lsp/a.ts', "import { x } from '../cli/main.ts';", 'not `cli`'],
    ['server/src/host/a.ts', "import gpus from '../catalog/gpus.moeplan';", 'imported by nobody'],
    ['server/src/cost/a.ts', "import {\n  a,\n  b,\n} from '../graph/b.ts';", 'server/src/cost/a.ts:4'],
    ['server/src/helpers/a.ts', "import { x } from '../plan/b.ts';", 'no folder that the architecture knows'],
    ['server/src/cost/a.ts', "import { x } from '../../../scripts/build.ts';", 'nothing outside its own folder'],
    ['client/src/a.ts', "import { x } from '../../server/src/services/preview/protocol.ts';", 'import type'],
    ['client/src/a.ts', "import type { Plan } from '../../server/src/plan/model.ts';", "preview's protocol"],
    ['client/preview/a.ts', "import { join } from 'node:path';", 'runs in a browser'],
    ['server/src/text/a.ts', "import { x } from '../language/b.ts';", 'may import text, not `language`'],
    ['server/src/services/preview/messages.ts', "import { VIEWS } from './protocol.ts';", 'imports types only'],
  ])('in %s, `%s` is caught', (path, text, reason) => {
    expect(violations(path, text)).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ['server/src/plan/derive/a.ts', "import { engineProfile } from '../../engines/index.ts';"],
    ['server/src/engines/vllm/a.ts', "import type { Parallel } from '../../plan/parallel.ts';"],
    ['server/src/plan/a.ts', "import { x } from './model.ts';\nimport type { Span } from '../language/span.ts';"],
    ['server/src/graph/a.ts', "import { DirectedGraph } from 'graphology';"],
    ['server/src/host/a.ts', "import { readFileSync } from 'node:fs';"],
    ['server/src/cost/a.ts', "// import { x } from '../graph/b.ts';\n/* import '../graph/c.ts'; */"],
    ['client/src/a.ts', "import type { Message } from '../../server/src/services/preview/protocol.ts';"],
    ['client/src/a.ts', "import { isFromPage } from '../../server/src/services/preview/messages.ts';"],
    ['client/src/a.ts', "import { labelText } from '../../server/src/text/editor.ts';"],
    ['server/src/language/a.ts', "import { oneLine } from '../text/visible.ts';"],
    ['client/preview/a.ts', "import { PALETTES } from '../../server/src/graph/palette.ts';"],
    ['client/src/a.ts', "import * as vscode from 'vscode';"],
  ])('in %s, `%s` is allowed', (path, text) => {
    expect(importsOf(text).length + Number(text.startsWith('//'))).toBeGreaterThan(0);
    expect(violations(path, text)).toEqual([]);
  });
});

/** Comments, and strings without placeholders, taken out. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, ' ');
}

const ANY = /(?:[:<|&,(=]|\bas|\bextends)\s*any\b/;
const SWITCHED_OFF =
  /(?:\/\/|\/\*)\s*(?:biome-ignore|@ts-(?:ignore|expect-error|nocheck)|eslint-disable)|\bas unknown as\b/;

describe('source files', () => {
  test('are at most 450 lines long', () => {
    const long = everything.filter(([, text]) => text.split('\n').length > 451).map(([path]) => path);
    expect(long).toEqual([]);
  });

  test('never say `any`', () => {
    expect(everything.filter(([, text]) => ANY.test(codeOf(text))).map(([path]) => path)).toEqual([]);
    for (const bad of ['let x: any;', 'f<any>()', 'x as any', 'Map<string, any>', 'string | any']) {
      expect(ANY.test(codeOf(bad)), bad).toBe(true);
    }
    for (const good of ['company: string', '// takes any', "'any'", 'anything as anyone']) {
      expect(ANY.test(codeOf(good)), good).toBe(false);
    }
  });

  test('switch no check off', () => {
    const own = 'test/architecture/imports.test.ts';
    expect(everything.filter(([path, text]) => path !== own && SWITCHED_OFF.test(text)).map(([path]) => path)).toEqual(
      [],
    );
    expect(SWITCHED_OFF.test('// @ts-expect-error')).toBe(true);
    expect(SWITCHED_OFF.test('x as unknown as Y')).toBe(true);
  });
});
