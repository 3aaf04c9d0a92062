import { opensStatement, takeHubId, takeString, takeWord } from './expressions.ts';
import type { Parser } from './parser.ts';
import type { Span } from './span.ts';
import type { BlockNode, Item, StringLiteral, Word } from './tree.ts';
import { exampleHeader } from './vocabulary/describe.ts';
import type { BlockSpec } from './vocabulary/spec.ts';
import { blockSpec, blocksNamed } from './vocabulary/vocabulary.ts';

/** Blocks nested deeper than this are skipped with a finding, so that no walk over a tree exhausts the stack. */
const DEEPEST = 32;

interface Header {
  readonly keyword: Word;
  readonly spec: BlockSpec | undefined;
  name?: Word;
  from?: StringLiteral;
  base?: Word;
}

/** Reads `keyword [name] [from "path"] [extends name] { ... }` from its keyword on. */
export function parseBlock(parser: Parser): BlockNode {
  const { cursor } = parser;
  const keyword = takeWord(cursor);
  const spec = blockSpec(parser.parent.keyword, keyword.text) ?? blocksNamed(keyword.text)[0];
  const header: Header = { keyword, spec };
  readName(parser, header);
  while (readClause(parser, header));
  const headerEnd = cursor.previousEnd;
  const { items, body, closed } = readBody(parser, header);
  const { name, from, base } = header;
  return {
    kind: 'block',
    keyword,
    ...(name && { name }),
    ...(from && { from }),
    ...(base && { base }),
    items,
    body,
    closed,
    span: { start: keyword.span.start, end: Math.max(headerEnd, body.end) },
  };
}

/** Whether `from` or `extends` comes next. Right behind the keyword and before a brace they are names. */
function isClause(parser: Parser, behindName = true): boolean {
  const { cursor } = parser;
  if (cursor.kind !== 'word' || (cursor.word !== 'from' && cursor.word !== 'extends')) return false;
  return behindName || cursor.peek().kind !== '{';
}

function readName(parser: Parser, header: Header): void {
  const { cursor } = parser;
  const { keyword, spec } = header;
  if (cursor.kind === 'word' && !isClause(parser, false)) {
    if (cursor.peek().kind === '=') return;
    header.name = takeWord(cursor);
    joinWords(parser, header, header.name);
  } else if (cursor.kind === 'number' || cursor.kind === 'string') {
    header.name = oddName(parser);
  }
  const { name } = header;
  if (!spec) return;
  if (name && spec.naming === 'none') {
    const span = { start: keyword.span.end, end: name.span.end };
    cursor.fail(name.span, `\`${keyword.text}\` takes no name; remove \`${cursor.textOf(name.span)}\``, {
      replace: { title: 'Remove the name', span, text: '' },
    });
  } else if (!name && spec.naming === 'required') {
    cursor.fail(keyword.span, `expected a name after \`${keyword.text}\`, for example \`${exampleHeader(spec)}\``);
  }
}

/** `deployment my plan {` is one finding, and the name is joined to one word. */
function joinWords(parser: Parser, header: Header, first: Word): void {
  const { cursor } = parser;
  let end = first.span.end;
  const isPart = () => cursor.kind === 'word' || cursor.kind === 'number' || cursor.kind === 'unit';
  while (isPart() && !isClause(parser) && cursor.peek().kind !== '=') end = cursor.take().end;
  if (end === first.span.end) return;
  const span = { start: first.span.start, end };
  const text = cursor.textOf(span).replace(/\s+/g, '-');
  header.name = { kind: 'word', text, span };
  cursor.fail(span, `a name is one word, for example \`${text}\``, {
    replace: { title: `Write \`${text}\``, span, text },
  });
}

/** Names in quotes and names without a letter are reported, and taken as they are meant. */
function oddName(parser: Parser): Word {
  const { cursor } = parser;
  if (cursor.kind === 'string') {
    const { text, span } = takeString(cursor);
    const name = text.trim().replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-') || 'name';
    cursor.fail(span, `names are written without quotes: \`${name}\``, {
      replace: { title: 'Remove the quotes', span, text: name },
    });
    return { kind: 'word', text: name, span };
  }
  const { start } = cursor.take();
  if (cursor.kind === 'unit') cursor.take();
  const span = { start, end: cursor.previousEnd };
  const text = cursor.textOf(span).replace(/\s+/g, '');
  cursor.fail(span, `a name holds at least one letter and is no number with a unit, for example \`n${text}\``, {
    replace: { title: `Write \`n${text}\``, span, text: `n${text}` },
  });
  return { kind: 'word', text, span };
}

/** A launch is a whole deployment, as what it would extend is. */
const EITHER = 'a deployment is read `from` a launch or `extends` another one, not both';

/** `from "config.json"` or `extends other`, in either order. */
function readClause(parser: Parser, header: Header): boolean {
  const { cursor } = parser;
  if (!isClause(parser)) return false;
  const { spec } = header;
  const clause = takeWord(cursor);
  if (clause.text === 'from') {
    if (cursor.kind !== 'string') {
      cursor.fail(cursor.here, 'expected a path in quotes after `from`, for example `from "config.json"`');
      return true;
    }
    const path = takeString(cursor);
    if (spec && !spec.fromConfig && !spec.fromLaunch)
      reject(
        parser,
        clause,
        path.span,
        `only a model or a deployment can be read \`from\` a file, not a ${spec.keyword}`,
      );
    else if (spec?.fromLaunch && header.base) reject(parser, clause, path.span, EITHER);
    else header.from ??= path;
    return true;
  }
  if (cursor.kind !== 'word') {
    cursor.fail(
      cursor.here,
      `expected a name after \`extends\`, for example \`extends ${spec ? (exampleHeader(spec).split(' ')[1] ?? 'base') : 'base'}\``,
    );
    return true;
  }
  const base = takeHubId(cursor);
  if (spec && !spec.extendable) reject(parser, clause, base.span, `a ${spec.keyword} cannot extend another one`);
  else if (spec?.fromLaunch && header.from) reject(parser, clause, base.span, EITHER);
  else header.base ??= base;
  return true;
}

function reject(parser: Parser, clause: Word, argument: Span, message: string): void {
  const span = { start: clause.span.start, end: argument.end };
  parser.cursor.fail(span, `${message}; remove this`, {
    replace: { title: `Remove \`${clause.text}\``, span, text: '' },
  });
}

interface Body {
  readonly items: readonly Item[];
  readonly body: Span;
  readonly closed: boolean;
}

function readBody(parser: Parser, header: Header): Body {
  const { cursor } = parser;
  const { keyword, spec, name } = header;
  if (!braceFollows(parser)) return bodyWithoutBrace(parser, header);
  const open = cursor.take();
  const { start } = open;
  if (parser.depth > DEEPEST) {
    cursor.fail(open, `blocks are nested deeper than ${DEEPEST} levels here; close some of them first`);
    cursor.skipBraces();
    return { items: [], body: { start, end: cursor.previousEnd }, closed: true };
  }
  const items = parser.inside(keyword.text, spec);
  if (cursor.accept('}')) return { items, body: { start, end: cursor.previousEnd }, closed: true };
  parser.unclosed(
    name ? `${keyword.text} ${name.text}` : keyword.text,
    { start: keyword.span.start, end: name?.span.end ?? keyword.span.end },
    items,
    open,
  );
  return { items, body: { start, end: cursor.token.start }, closed: false };
}

/** The brace may stand on the next line. */
function braceFollows(parser: Parser): boolean {
  const { cursor } = parser;
  if (cursor.kind === '{') return true;
  let distance = 0;
  while (cursor.peek(distance).kind === 'newline' && cursor.peek(distance).end < cursor.text.length) distance++;
  if (distance === 0 || cursor.peek(distance).kind !== '{') return false;
  cursor.skipNewlines();
  return true;
}

function bodyWithoutBrace(parser: Parser, { keyword, spec, name, from, base }: Header): Body {
  const { cursor } = parser;
  const at = { start: cursor.previousEnd, end: cursor.previousEnd };
  const ends = cursor.kind === 'newline' || cursor.kind === ',' || cursor.kind === '}';
  const goesOn = ends ? linesFollow(parser) : braceCloses(parser);
  if (ends && !goesOn && (from || base)) return { items: [], body: at, closed: true };
  const header = name ? `${keyword.text} ${name.text}` : keyword.text;
  const message = `expected \`{\` after \`${header}\`, for example \`${header} { … }\``;
  const text = ends && !goesOn ? ' { }' : ' {';
  cursor.fail(ends ? { start: keyword.span.start, end: at.end } : cursor.token, message, {
    insert: { title: `Insert \`${text.trim()}\``, offset: at.end, text },
  });
  if (goesOn && parser.depth <= DEEPEST) {
    const items = parser.inside(keyword.text, spec);
    cursor.accept('}');
    return {
      items,
      body: { start: at.start, end: Math.max(cursor.previousEnd, items.at(-1)?.span.end ?? 0) },
      closed: true,
    };
  }
  if (!ends) cursor.skipStatement();
  return { items: [], body: { start: at.start, end: cursor.previousEnd }, closed: true };
}

/** Whether the lines below a header without a brace are its body. They are if they are indented further. */
function linesFollow(parser: Parser): boolean {
  const { cursor } = parser;
  if (cursor.kind !== 'newline') return false;
  let distance = 0;
  while (cursor.peek(distance + 1).kind === 'newline' && cursor.peek(distance + 1).end < cursor.text.length) distance++;
  const next = cursor.peek(distance + 1);
  const column = next.start - cursor.peek(distance).end;
  if (next.kind !== 'word' || column <= parser.column) return false;
  return opensStatement(cursor.peek(distance + 2).kind) || cursor.peek(distance + 3).kind === '{';
}

/** How many tokens of a line are searched for a brace that closes what was not opened. */
const FARTHEST = 100;

/** `parallel tp = 8, pp = 2 }` closes a brace that is missing. */
function braceCloses(parser: Parser): boolean {
  const { cursor } = parser;
  let depth = 0;
  for (let distance = 0; distance < FARTHEST; distance++) {
    const { kind } = cursor.peek(distance);
    if (kind === 'newline') return false;
    if (kind === '{') depth++;
    if (kind === '}' && --depth < 0) return opensStatement(cursor.peek().kind);
  }
  return false;
}
