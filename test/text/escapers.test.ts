import { Graphviz } from '@hpcc-js/wasm-graphviz';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dotId, dotText } from '../../server/src/text/dot.ts';
import { labelText, notificationText } from '../../server/src/text/editor.ts';
import { githubMessage, githubProperty } from '../../server/src/text/github.ts';
import { jsonText } from '../../server/src/text/json.ts';
import { bold, code, fence, md, paragraphs, sourceOf, table } from '../../server/src/text/markdown.ts';
import { mermaidText } from '../../server/src/text/mermaid.ts';
import { sarifText } from '../../server/src/text/sarif.ts';
import { terminalText } from '../../server/src/text/terminal.ts';
import { oneLine, visible } from '../../server/src/text/visible.ts';
import { xmlText } from '../../server/src/text/xml.ts';
import { hostileText } from '../support/hostileText.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { readMarkdown, sarifLinks, unseenIn, withoutBlanks } from '../support/readText.ts';
import { parseXml } from '../support/xml.ts';

const holds = (check: (text: string) => void, runs = 400) =>
  fc.assert(fc.property(hostileText, check), { numRuns: propertyRuns(runs) });

/** What a reader sees of a message: a pair of backticks is how messages mark code. */
const withoutMarks = (text: string) => withoutBlanks(oneLine(text)).replaceAll('`', '');

describe('what nobody sees is shown', () => {
  test.each([
    ['\u001b[31m', '\u241b[31m'],
    ['a\u0000b\u007f', 'a\u2400b\u2421'],
    ['\u009b2J', '⟨U+009B⟩2J'],
    ['a\u202eb', 'a⟨U+202E⟩b'],
    ['H100\u200b\u2060', 'H100⟨U+200B⟩⟨U+2060⟩'],
    ['\ufeffH\u00ad100', '⟨U+FEFF⟩H⟨U+00AD⟩100'],
    // Joiners are part of how words and pictures are written.
    ['\u0646\u200c\u0647 \u{1f468}\u200d\u{1f4bb}', '\u0646\u200c\u0647 \u{1f468}\u200d\u{1f4bb}'],
    ['a\ud800b', 'a\ufffdb'],
    ['a\r\nb\rc\td', 'a\nb\nc\td'],
  ])('%j', (text, shown) => expect(visible(text)).toBe(shown));

  test('in every format', () =>
    holds((text) => {
      const written = [
        terminalText,
        xmlText,
        dotText,
        dotId,
        mermaidText,
        githubMessage,
        githubProperty,
        sarifText,
        labelText,
      ];
      for (const write of written) expect(unseenIn(write(text)), write.name).toEqual([]);
      expect(unseenIn(sourceOf(text)).concat(unseenIn(code(text).source), unseenIn(fence(text).source))).toEqual([]);
      expect(oneLine(text)).not.toMatch(/[\n\t]/);
    }));
});

describe('Markdown', () => {
  const LEFT = 'BEGIN ';
  const RIGHT = ' END';

  test('text in a line, at its start, in bold and in a cell is text', () =>
    holds((text) => {
      const seen = withoutMarks(text);
      for (const made of [
        paragraphs(text),
        paragraphs(md`${LEFT}${text}${RIGHT}`),
        paragraphs(LEFT, bold(`x${text}x`)),
        paragraphs(LEFT, text),
        paragraphs(LEFT, md`## ${text}`),
        table(['a', text], [[text, 'b']]),
      ]) {
        const read = readMarkdown(made.source);
        expect(read.live, made.source).toEqual([]);
        expect(read.text.replaceAll('`', ''), made.source).toContain(seen);
        for (const kind of ['bullet_list_open', 'ordered_list_open', 'blockquote_open', 'hr', 'fence', 'code_block'])
          expect(read.kinds.has(kind), `${kind}: ${made.source}`).toBe(false);
      }
    }));

  test('a cell stays one cell', () =>
    holds((text) => {
      const row = table(
        ['a', 'b'],
        [
          [text, 'b'],
          [code(text), md`${text} ${code(text)}`],
        ],
      ).source.split('\n');
      expect(row).toHaveLength(4);
      const cells = row.map((line) => line.replace(/\\./g, '').split('|').length);
      expect(new Set(cells), row.join('\n')).toEqual(new Set([4]));
    }));

  test('code is code, letter by letter', () =>
    holds((text) => {
      const read = readMarkdown(md`a ${code(text)} b`.source);
      expect(read.live).toEqual([]);
      expect(read.text).toBe(`a${withoutBlanks(oneLine(text))}b`);
    }));

  test('a fence ends where it ends', () =>
    holds((text) => {
      const read = readMarkdown(paragraphs(fence(text), 'after').source);
      expect(read.live).toEqual([]);
      expect(read.text).toBe(`${withoutBlanks(visible(text))}after`);
    }));
});

describe('SVG', () => {
  test('text is text, and the file is well-formed', () =>
    holds((text) => {
      const root = parseXml(`<svg><text x="${xmlText(text)}">${xmlText(text)}</text></svg>`);
      expect(root.children.map(({ name, attributes, children }) => [name, [...attributes.keys()], children])).toEqual([
        ['text', ['x'], []],
      ]);
    }));
});

describe("Graphviz' language", () => {
  test('a label reads as it was written', async () => {
    const graphviz = await Graphviz.load();
    holds((text) => {
      if (oneLine(text).trim() === '') return;
      const dot = `digraph "${dotId(text)}" { "${dotId(text)}" [label="${dotText(text)}", tooltip="${dotText(text)}"] }`;
      const svg = graphviz.layout(dot, 'svg', 'dot');
      const labels = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, label = '']) => label);
      expect(withoutBlanks(labels.map(decoded).join('')), dot).toBe(withoutBlanks(oneLine(text)));
      expect(svg).not.toMatch(/<(?:script|img|b)\b/);
    }, 60);
  });
});

/** The references of XML. */
function decoded(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

describe('Mermaid', () => {
  test('a label stays within its quotes, and its entities give the text', () =>
    holds((text) => {
      const label = mermaidText(text);
      expect(label).not.toMatch(/["<>`$\n]|^\s*(?:[-+*]|\d+\.)\s|#\D/);
      expect(label.replace(/#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))).toBe(
        oneLine(text),
      );
    }));
});

describe('workflow commands of GitHub', () => {
  test('a message and a property stay in their line', () =>
    holds((text) => {
      const line = `::error file=${githubProperty(text)},title=x::${githubMessage(text)}`;
      expect(line.split('\n')).toHaveLength(1);
      const [, properties = '', message = ''] = /^::error ([^:]*)::(.*)$/s.exec(line) ?? [];
      expect(properties.split(',')).toHaveLength(2);
      expect(message.replaceAll('%0A', '\n').replaceAll('%25', '%')).toBe(visible(text));
    }));
});

describe('SARIF', () => {
  test('a message has neither links nor places for arguments, and reads as it was written', () =>
    holds((text) => {
      const written = sarifText(text);
      expect(sarifLinks(written)).toEqual([]);
      expect(written.replace(/\{\{\d+\}\}/g, '')).not.toMatch(/\{\d+\}/);
    }));

  test.each([
    ['[x](command:y)', '\\[x\\](command:y)'],
    ['a list [0, 1] of `{ … }`', 'a list [0, 1] of `{ … }`'],
    ['{0}', '{{0}}'],
  ])('%j', (text, written) => expect(sarifText(text)).toBe(written));
});

describe('JSON', () => {
  test('is equal to what went in, and steers no terminal', () =>
    holds((text) => {
      const written = jsonText({ [text]: [text] }, 2);
      expect(JSON.parse(written)).toEqual({ [text]: [text] });
      expect(unseenIn(written)).toEqual([]);
    }));
});

describe("VS Code's labels and notifications", () => {
  /** As the editor looks for icons and links (labelRenderers, linkedText). */
  const ICON = /(\\)?\$\((?:[A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;
  const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;

  test('draw no icons and make no links', () =>
    holds((text) => {
      for (const [, mark] of labelText(text).matchAll(ICON)) expect(mark).toBe('\\');
      expect(notificationText(text)).not.toMatch(LINK);
    }));
});
