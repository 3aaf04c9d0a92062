import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import { createLineIndex, type LineIndex } from '../../server/src/language/lineIndex.ts';
import type { Span } from '../../server/src/language/span.ts';
import { fileName } from '../../server/src/text/fileName.ts';

/**
 * Rules are tested by data: a fixture is a `.moeplan` text in which each expected diagnostic stands under its span.
 *
 * ```
 * gpu mine {
 *   memory = 80
 * //         ^^ error(missing-unit): `memory` is a size and needs a unit ...
 * //         fix: Insert `GiB`
 * }
 * ```
 *
 * - Carets stand under the span; `|` marks an empty one; `...` behind the carets says that it goes on in later lines.
 * - A span that starts in the first two columns is drawn as `//<---`: as many dashes as it is long, with a `~` before
 *   them where it starts in the second column.
 * - `//     related main.moeplan:3:5: text` and `//     fix: title` belong to the diagnostic above them.
 * - `//# file: models.moeplan` starts another file; what stands before the first one is `main.moeplan`. The first file
 *   of a fixture is its root. Every file is named under `file:///workspace/`.
 *
 * `UPDATE=1 vitest run` rewrites the expectations of every fixture that it runs. Read the difference before keeping it.
 *
 * A family above the language brings its own `diagnose`: from the fixture's files (by URI, the root first) to the
 * diagnostics to be drawn, of the root file and of any other.
 */
export type Diagnose = (files: ReadonlyMap<string, string>) => readonly Diagnostic[];

export const WORKSPACE = 'file:///workspace/';

const FILE_MARKER = /^\/\/# file: (\S+)[ \t]*$/;
const ANNOTATION = /^\/\/(?: *(?:\^+|\|)|<~?-+)(?:\.\.\.)? (?:error|warning|information|hint)\([a-z0-9-]+\): /;
const DETAIL = /^\/\/ +(?:related \S+:|fix: )/;

/** The files of a fixture by URI, in order, annotations taken out. */
export function parseFixture(fixture: string): Map<string, string> {
  const files = new Map<string, string>();
  let name = 'main.moeplan';
  let lines: string[] = [];
  for (const line of fixture.split(/\r\n|\n/)) {
    const marker = FILE_MARKER.exec(line)?.[1];
    if (marker !== undefined) {
      if (lines.length > 0) files.set(WORKSPACE + name, `${lines.join('\n')}\n`);
      name = marker;
      lines = [];
    } else if (!ANNOTATION.test(line) && !DETAIL.test(line)) lines.push(line);
  }
  files.set(WORKSPACE + name, lines.join('\n'));
  return files;
}

/** The fixture that expects exactly these diagnostics of these files. */
export function annotate(files: ReadonlyMap<string, string>, diagnostics: readonly Diagnostic[]): string {
  const indexes = new Map([...files].map(([uri, text]) => [uri, createLineIndex(text)]));
  const stray = diagnostics.find((diagnostic) => !files.has(diagnostic.uri));
  if (stray) throw new Error(`a diagnostic in ${stray.uri}, which is no file of the fixture: ${stray.message}`);
  const parts = [...files].map(([uri, text], at) => {
    const own = diagnostics.filter((diagnostic) => diagnostic.uri === uri);
    const marker = at === 0 && uri === `${WORKSPACE}main.moeplan` ? '' : `//# file: ${uri.slice(WORKSPACE.length)}\n`;
    return marker + annotateFile(text, own, indexes, uri);
  });
  return parts.join('');
}

function annotateFile(
  text: string,
  diagnostics: readonly Diagnostic[],
  indexes: ReadonlyMap<string, LineIndex>,
  uri: string,
): string {
  const index = indexes.get(uri) ?? createLineIndex(text);
  const lines: string[] = [];
  for (let line = 0; line < index.lineCount; line++) {
    lines.push(text.slice(index.lineStart(line), index.lineEnd(line)));
    for (const diagnostic of diagnostics) {
      if (index.positionAt(diagnostic.span.start).line !== line) continue;
      lines.push(
        `${underline(diagnostic.span, index)} ${diagnostic.severity}(${diagnostic.rule}): ${oneLine(diagnostic.message)}`,
      );
      lines.push(...details(diagnostic, indexes));
    }
  }
  return lines.join('\n');
}

function underline(span: Span, index: LineIndex): string {
  const { line, character } = index.positionAt(span.start);
  const goesOn = index.positionAt(span.end).line > line;
  const length = (goesOn ? index.lineEnd(line) : span.end) - span.start;
  const dots = goesOn ? '...' : '';
  if (character >= 2) return `//${' '.repeat(character - 2)}${length === 0 ? '|' : '^'.repeat(length)}${dots}`;
  return `//<${character === 1 ? '~' : ''}${'-'.repeat(Math.max(1, length))}${dots}`;
}

function details(diagnostic: Diagnostic, indexes: ReadonlyMap<string, LineIndex>): string[] {
  const related = (diagnostic.related ?? []).map(({ uri, span, message }) => {
    const position = indexes.get(uri)?.positionAt(span.start);
    const place = position ? `${position.line + 1}:${position.character + 1}` : 'elsewhere';
    return `//     related ${fileName(uri)}:${place}: ${oneLine(message)}`;
  });
  return [...related, ...(diagnostic.fixes ?? []).map((fix) => `//     fix: ${fix.title}`)];
}

function oneLine(message: string): string {
  return message.replaceAll('\n', ' ⏎ ');
}

/** Every fixture below a folder, by its path relative to it. */
export function fixturesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.moeplan'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * One test per fixture below the folder, each with LF and with CRLF line ends. A fixture is named after the rule that
 * it is about (`missing-unit.moeplan`, or `missing-unit.claims.moeplan` for a second one), and that rule must speak.
 */
export function testFixtures(folder: string, diagnose: Diagnose): void {
  describe(basename(folder), () => {
    for (const name of fixturesBelow(folder)) {
      const path = join(folder, name);
      test(name, () => {
        const expected = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
        const files = parseFixture(expected);
        const diagnostics = diagnose(files);
        const actual = annotate(files, diagnostics);
        if (process.env.UPDATE === '1' && actual !== expected) writeFileSync(path, actual);
        else expect(actual).toBe(expected);
        const rule = basename(name).split('.')[0];
        expect(diagnostics.map((diagnostic) => diagnostic.rule)).toContain(rule);

        const withCrlf = new Map([...files].map(([uri, text]) => [uri, text.replaceAll('\n', '\r\n')]));
        expect(annotate(withCrlf, diagnose(withCrlf))).toBe(actual);
      });
    }
  });
}
