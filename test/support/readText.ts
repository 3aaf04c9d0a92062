import MarkdownIt from 'markdown-it';

/** As VS Code's preview and GitHub read Markdown: HTML is let through and addresses become links. */
const parser = new MarkdownIt({ html: true, linkify: true });
parser.linkify.set({ fuzzyLink: false });

export interface MarkdownRead {
  /** What a reader sees, code included, without blanks: readers of Markdown join and trim them. */
  readonly text: string;
  /** Markup that does something or loads something. */
  readonly live: readonly string[];
  readonly kinds: ReadonlySet<string>;
}

const LIVE: ReadonlySet<string> = new Set(['html_block', 'html_inline', 'link_open', 'image']);

export function readMarkdown(source: string): MarkdownRead {
  const tokens = parser.parse(source, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const shown = tokens.filter(({ type }) => /^(?:text|text_special|code_inline|fence|code_block)$/.test(type));
  return {
    text: withoutBlanks(shown.map(({ content }) => content).join('')),
    live: tokens.filter(({ type }) => LIVE.has(type)).map(({ type, content }) => `${type} ${content}`),
    kinds: new Set(tokens.map(({ type }) => type)),
  };
}

export function withoutBlanks(text: string): string {
  return text.replace(/[\s\u00a0]/g, '');
}

/** Characters that steer a terminal, reorder a line or are not seen; line breaks and tabs are left out. */
export function unseenIn(text: string): readonly string[] {
  return [...text].filter(
    (each) =>
      each !== '\n' &&
      each !== '\t' &&
      /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\p{NChar}\u{ad}\u{200b}\u{2060}-\u{2064}\u{feff}\u{e0000}-\u{e007f}]/u.test(
        each,
      ),
  );
}

/** Links of a message of SARIF, by the syntax of its section 3.11.6. */
export function sarifLinks(text: string): readonly string[] {
  return text.match(/(?<!\\)(?:\\\\)*\[(?:[^[\]\\]|\\.)*\]\([^)]*\)/g) ?? [];
}
