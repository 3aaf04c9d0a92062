import { UNITS } from './units.ts';

/** Punctuation is its own kind, so that a test for `{` is one comparison. `±` counts as `+-`. */
export type Punctuation =
  | '{'
  | '}'
  | '['
  | ']'
  | '('
  | ')'
  | ','
  | '='
  | '>='
  | '<='
  | '->'
  | '..'
  | '+-'
  | '+'
  | '-'
  | '*'
  | '/';

export type TokenKind =
  | Punctuation
  | 'word'
  | 'number'
  /** A word (or `%`) right behind a number on the same line. Checks find out whether it is a known unit. */
  | 'unit'
  /** The token includes its quotes. A string without its closing quote ends at the end of the line. */
  | 'string'
  | 'newline'
  | 'line-comment'
  | 'block-comment'
  /** Characters that mean nothing in the language. */
  | 'unknown';

/** Tokens never overlap, and between two of them there are only blanks. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** Words that may follow a number without being its unit: `0..60 by 4`, `expert 3 of layer 2 on gpu 5`. */
const NOT_UNITS: ReadonlySet<string> = new Set(['by', 'of', 'on']);

const OTHER = 0;
const BLANK = 1;
const NEWLINE = 2;
const LETTER = 3;
const DIGIT = 4;

/** One class per ASCII character, so that the hot loop looks up instead of comparing. */
const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[ \t\v\f]/.test(character)) CLASSES[code] = BLANK;
  else if (/[\r\n]/.test(character)) CLASSES[code] = NEWLINE;
  else if (/[A-Za-z_]/.test(character)) CLASSES[code] = LETTER;
  else if (/[0-9]/.test(character)) CLASSES[code] = DIGIT;
}

function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 128) return CLASSES[code] ?? OTHER;
  if (Number.isNaN(code)) return OTHER;
  const character = text.charAt(at);
  if (/[\s\ufeff]/.test(character)) return BLANK;
  return /[\p{L}\p{M}\p{N}]/u.test(character) ? LETTER : OTHER;
}

function inWord(text: string, at: number): boolean {
  return classAt(text, at) >= LETTER;
}

/**
 * Every token of the text, including comments and line breaks. It never fails, and takes time linear in the length of the text.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let previous: TokenKind = 'newline';
  while (at < text.length) {
    const kindOfCharacter = classAt(text, at);
    if (kindOfCharacter === BLANK) {
      at++;
      continue;
    }
    const start = at;
    let kind: TokenKind;
    if (kindOfCharacter === LETTER) {
      at = wordEnd(text, start);
      kind = 'word';
      if (previous === 'number' && !NOT_UNITS.has(text.slice(start, at))) {
        kind = 'unit';
        if (text[at] === '/' && classAt(text, at + 1) === LETTER) at = wordEnd(text, at + 1);
      }
    } else if (kindOfCharacter === DIGIT) {
      at = numberEnd(text, start);
      kind = 'number';
      const end = wordEnd(text, start);
      if (end > at && /[^\d.-]/.test(text.slice(at, end)) && !UNITS.has(unitText(text, at, end))) {
        at = end;
        kind = 'word';
      }
    } else if (kindOfCharacter === NEWLINE) {
      at += text.startsWith('\r\n', start) ? 2 : 1;
      kind = 'newline';
    } else {
      [kind, at] = symbol(text, start, previous);
    }
    tokens.push({ kind, start, end: at });
    previous = kind;
  }
  return tokens;
}

/** Words consist of letters, digits and `_`, with `-` and `.` between them. */
function wordEnd(text: string, start: number): number {
  let at = start;
  for (;;) {
    if (inWord(text, at)) at++;
    else if ((text[at] === '-' || text[at] === '.') && inWord(text, at + 1)) at += 2;
    else return at;
  }
}

function digitsEnd(text: string, start: number): number {
  let at = start;
  while (classAt(text, at) === DIGIT || text[at] === '_') at++;
  return at;
}

/** `10_000`, `3.35`, `1.5e3`, `1e-3`. */
function numberEnd(text: string, start: number): number {
  let at = digitsEnd(text, start);
  if (text[at] === '.' && classAt(text, at + 1) === DIGIT) at = digitsEnd(text, at + 1);
  if (text[at] === 'e' || text[at] === 'E') {
    const sign = text[at + 1] === '+' || text[at + 1] === '-' ? 1 : 0;
    if (classAt(text, at + 1 + sign) === DIGIT) at = digitsEnd(text, at + 1 + sign);
  }
  return at;
}

/** The text that may be a unit, starting at `start`, including what follows a slash. */
function unitText(text: string, start: number, end: number): string {
  const hasDivisor = text[end] === '/' && classAt(text, end + 1) === LETTER;
  return text.slice(start, hasDivisor ? wordEnd(text, end + 1) : end);
}

function symbol(text: string, start: number, previous: TokenKind): [TokenKind, number] {
  const character = text.charAt(start);
  const next = text.charAt(start + 1);
  switch (character) {
    case '{':
    case '}':
    case '[':
    case ']':
    case '(':
    case ')':
    case ',':
    case '=':
    case '*':
      return [character, start + 1];
    case '/':
      if (next === '/') return ['line-comment', lineEnd(text, start)];
      if (next === '*') return ['block-comment', blockCommentEnd(text, start)];
      return ['/', start + 1];
    case '>':
    case '<':
      return next === '=' ? [`${character}=`, start + 2] : ['unknown', start + 1];
    case '-':
      return next === '>' ? ['->', start + 2] : ['-', start + 1];
    case '+':
      return next === '-' ? ['+-', start + 2] : ['+', start + 1];
    case '±':
      return ['+-', start + 1];
    case '.':
      return next === '.' ? ['..', start + 2] : ['unknown', start + 1];
    case '%':
      return [previous === 'number' ? 'unit' : 'unknown', start + 1];
    case '"':
      return ['string', stringEnd(text, start)];
    default:
      return ['unknown', unknownEnd(text, start)];
  }
}

function lineEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && classAt(text, at) !== NEWLINE) at++;
  return at;
}

function blockCommentEnd(text: string, start: number): number {
  const close = text.indexOf('*/', start + 2);
  return close < 0 ? text.length : close + 2;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && classAt(text, at) !== NEWLINE) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\' && at + 1 < text.length && classAt(text, at + 1) !== NEWLINE) at++;
    at++;
  }
  return at;
}

/** A run of strange characters becomes one token, so that a pasted line of them is one finding. */
function unknownEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && classAt(text, at) === OTHER && !KNOWN_SYMBOLS.includes(text.charAt(at))) at++;
  return at;
}

const KNOWN_SYMBOLS = '{}[](),=<>-+*/.%"±';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text that a string token stands for. */
export function stringText(source: string): string {
  const hasClosingQuote = isClosedString(source);
  return source
    .slice(1, hasClosingQuote ? -1 : undefined)
    .replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

/** Whether a string token has its closing quote. */
export function isClosedString(source: string): boolean {
  return source.length >= 2 && source.endsWith('"') && !endsEscaped(source);
}

/** True when an odd number of backslashes stands before the last character. */
function endsEscaped(source: string): boolean {
  let at = source.length - 2;
  while (source[at] === '\\') at--;
  return (source.length - 2 - at) % 2 === 1;
}

/** Writes a text as a string of the language. */
export function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

export function isClosedComment(source: string): boolean {
  return source.length >= 4 && source.endsWith('*/');
}

/** True for a text that the lexer reads as one word, so that it can stand as a name. */
export function isName(text: string): boolean {
  const [token, ...rest] = tokenize(text);
  return (
    token !== undefined && rest.length === 0 && token.kind === 'word' && token.start === 0 && token.end === text.length
  );
}
