/** JSON that others wrote: what it holds, or what is wrong with it and in which line. */
export type JsonResult = { readonly json: Readonly<Record<string, unknown>> } | { readonly reason: string };

/**
 * Reads a JSON object. Python writes `NaN` and `Infinity`, which are no JSON and are read as it means them: a number without
 * a bound stays one, and what is no number becomes a word, so that no reader takes it for a missing value.
 */
export function parseJsonObject(written: string): JsonResult {
  const text = written.replace(/^\ufeff/, '');
  const parsed = parse(text) ?? parse(withPythonNumbers(text));
  if (!parsed) return { reason: faultIn(text) };
  return isRecord(parsed.value) ? { json: parsed.value } : { reason: 'it holds another value' };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // What is wrong is found by `faultIn`, which knows the line.
    return undefined;
  }
}

/** Where a string begins, or a word of Python. */
const PYTHON = /"|-?\bInfinity\b|\bNaN\b/g;

/** Strings are passed over. They are not matched as a whole: the platform's engine gives up on very long ones. */
function withPythonNumbers(text: string): string {
  const pieces: string[] = [];
  let done = 0;
  PYTHON.lastIndex = 0;
  for (let found = PYTHON.exec(text); found; found = PYTHON.exec(text)) {
    const [word] = found;
    if (word === '"') {
      PYTHON.lastIndex = stringEnd(text, found.index) ?? text.length;
      continue;
    }
    // The only numbers of JSON that are infinite are too large ones.
    pieces.push(text.slice(done, found.index), word === 'NaN' ? '"NaN"' : word.replace('Infinity', '1e999'));
    done = found.index + word.length;
  }
  return [...pieces, text.slice(done)].join('');
}

/** Behind the quote that closes a string; undefined where it is not closed on its line. */
function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === '\n' || character === '\r' || character === '\t') return undefined;
    if (character === '\\') at++;
  }
  return undefined;
}

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma' | 'end';

const EXPECTED: Readonly<Record<Expected, string>> = {
  value: 'a value is expected',
  'value or ]': 'a value or `]` is expected',
  name: 'a name in double quotes is expected',
  'name or }': 'a name in double quotes or `}` is expected',
  colon: '`:` is expected',
  comma: '`,` or the closing bracket is expected',
  end: 'nothing is expected after the object',
};

const WORD = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

/** The first place at which a text is no JSON, in words. Brackets are kept in a list, so that no depth is too deep. */
function faultIn(text: string): string {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = afterBlanks(text, 0); ; ) {
    if (at >= text.length)
      return placed(text, at, expected === 'end' ? 'it holds a character that no JSON has' : 'it ends too early');
    const end = tokenEnd(text, at);
    if (end === undefined) return placed(text, at, foundThere(text, at, expected));
    const next = following(text[at] ?? '', expected, open);
    if (!next) return placed(text, at, EXPECTED[expected]);
    expected = next;
    at = afterBlanks(text, end);
  }
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

function tokenEnd(text: string, at: number): number | undefined {
  const character = text[at] ?? '';
  if ('[]{}:,'.includes(character)) return at + 1;
  if (character === '"') return stringEnd(text, at);
  WORD.lastIndex = at;
  return WORD.test(text) ? WORD.lastIndex : undefined;
}

function foundThere(text: string, at: number, expected: Expected): string {
  if (text.startsWith('//', at) || text.startsWith('/*', at)) return 'comments are no JSON';
  return text[at] === '"' ? 'a text in quotes is not closed, or holds a character that needs `\\`' : EXPECTED[expected];
}

/** What may come after a token that begins so; undefined where it may not stand there. */
function following(first: string, expected: Expected, open: string[]): Expected | undefined {
  const isValue = expected === 'value' || expected === 'value or ]';
  switch (first) {
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    case ',':
      return expected === 'comma' ? (open.at(-1) === '{' ? 'name' : 'value') : undefined;
    case '{':
    case '[':
      if (!isValue) return undefined;
      open.push(first);
      return first === '{' ? 'name or }' : 'value or ]';
    case '}':
    case ']': {
      const isClosing = expected === 'comma' || expected === (first === '}' ? 'name or }' : 'value or ]');
      return isClosing && open.pop() === (first === '}' ? '{' : '[') ? afterValue(open) : undefined;
    }
    case '"':
      if (expected === 'name' || expected === 'name or }') return 'colon';
  }
  return isValue ? afterValue(open) : undefined;
}

function afterValue(open: readonly string[]): Expected {
  return open.length > 0 ? 'comma' : 'end';
}

function placed(text: string, at: number, what: string): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - before.lastIndexOf('\n')}: ${what}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
