import { type Expected, expectedMessage, opensStatement, takeString, takeWord } from './expressions.ts';
import {
  foreignStatement,
  launchStatement,
  startsArgument,
  startsFlag,
  startsSwitch,
  variableStatement,
} from './flags.ts';
import { startsLaunch, startsVariable } from './launch.ts';
import type { Parser } from './parser.ts';
import { cover, type Span } from './span.ts';
import type {
  CompareNode,
  Comparison,
  EdgeNode,
  EntryNode,
  Expression,
  ImportNode,
  Item,
  LetNode,
  PlacementNode,
  PropertyNode,
  Word,
} from './tree.ts';
import { describeType, enumerate, exampleValue } from './vocabulary/describe.ts';
import type { PropertySpec } from './vocabulary/spec.ts';
import { childBlocks, isBlockKeyword, propertySpec } from './vocabulary/vocabulary.ts';
import { isForeignWord } from './vocabulary/words/index.ts';

/** Reads the statement that starts at the next token; undefined if no statement starts there. */
export function parseStatement(parser: Parser): Item | undefined {
  const { cursor } = parser;
  switch (cursor.kind) {
    case 'word':
    case 'unit':
      return wordStatement(parser);
    case 'number':
    case '[':
    case '(':
    case '-':
      return startsFlag(cursor) ? foreignStatement(parser) : entry(parser);
    case 'string':
      return fail(parser, 'expected a name or a block here; names are written without quotes');
    case '{':
      return fail(parser, 'expected a keyword and a name before `{`, for example `model my-model {`');
    default:
      return fail(parser, `expected a statement here; ${cursor.found}`);
  }
}

function wordStatement(parser: Parser): Item | undefined {
  const { cursor } = parser;
  const next = cursor.peek().kind;
  if (cursor.word === 'let' && next === '=' && parser.depth === 1) return letStatement(parser);
  if (startsLaunch(cursor)) return launchStatement(parser);
  if (startsVariable(cursor)) return variableStatement(parser);
  switch (next) {
    case '=':
    case '>=':
    case '<=':
      return property(parser);
    case '->':
      return edge(parser);
    case '..':
    case '+':
    case '-':
    case '*':
    case '/':
      return entry(parser);
  }
  const { word } = cursor;
  if (next !== '{') {
    if (word === 'import') return importStatement(parser);
    if (word === 'let') return letStatement(parser);
    if (word === 'compare') return compareStatement(parser);
    if (isPlacement(parser)) return placement(parser);
  }
  const { spec } = parser.parent;
  if (next !== '{' && spec && propertySpec(spec, word) && !(isBlockKeyword(word) && opensBlock(parser)))
    return property(parser);
  if (next === '{' || isBlockKeyword(word) || opensBlock(parser)) return parser.block();
  if (startsArgument(cursor) || startsSwitch(cursor)) return foreignStatement(parser);
  if (next === 'unknown' && cursor.textOf(cursor.peek()) === ':' && isForeignWord(word))
    return foreignStatement(parser);
  if (next === 'unknown' && /^[:<>]/.test(cursor.textOf(cursor.peek()))) return property(parser);
  return fail(
    parser,
    `expected ${spec || parser.depth === 1 ? whatMayStand(parser) : 'a statement'} here; ${cursor.found}`,
  );
}

/** `stage front {`, `model x from "..."`, `gpu a extends b`. */
function opensBlock(parser: Parser): boolean {
  const { cursor } = parser;
  const [next, afterNext] = [cursor.peek(), cursor.peek(2)];
  if (next.kind !== 'word' && next.kind !== 'number' && next.kind !== 'string') return false;
  if (next.kind === 'word' && (afterNext.kind === 'word' || afterNext.kind === 'string')) {
    return /^(?:from|extends)$/.test(cursor.textOf(next)) || /^(?:from|extends)$/.test(cursor.textOf(afterNext));
  }
  return afterNext.kind === '{';
}

/** What the block around the next statement can hold, in the words of a message. */
function whatMayStand(parser: Parser): string {
  const { keyword, spec } = parser.parent;
  if (parser.depth === 1)
    return `\`import\`, \`let\`, \`compare\` or a block such as ${enumerate(
      childBlocks('file')
        .map((block) => block.keyword)
        .slice(0, 3),
      'or',
    )}`;
  const names = [
    ...(spec?.properties ?? []).slice(0, 3).map((declared) => `${declared.name} =`),
    ...childBlocks(keyword)
      .slice(0, 2)
      .map((block) => `${block.keyword} {`),
  ];
  return names.length > 0 ? `a statement such as ${enumerate(names, 'or')}` : 'a statement';
}

function fail(parser: Parser, message: string): undefined {
  const { cursor } = parser;
  cursor.fail(cursor.here, message);
  if (parser.depth === 1) cursor.skipLine();
  else cursor.skipStatement();
  return undefined;
}

function spanFrom(parser: Parser, start: Span): Span {
  return { start: start.start, end: Math.max(start.end, parser.cursor.previousEnd) };
}

const OPERATOR_HINTS: ReadonlyMap<string, Comparison> = new Map([
  [':', '='],
  [':=', '='],
  ['>', '>='],
  ['<', '<='],
]);

function property(parser: Parser): PropertyNode {
  const { cursor } = parser;
  const key = takeWord(cursor);
  const operator = comparison(parser, key);
  const value = parser.expressions.parse(() => valueExpected(parser, key, operator));
  const tolerance = cursor.accept('+-')
    ? parser.expressions.parse({ what: 'a tolerance after `+-`', example: `${key.text} = 100 +- 5%` })
    : undefined;
  const span = spanFrom(parser, key.span);
  return tolerance
    ? { kind: 'property', key, operator, value, tolerance, span }
    : { kind: 'property', key, operator, value, span };
}

function comparison(parser: Parser, key: Word): Comparison {
  const { cursor } = parser;
  const { kind } = cursor;
  if (kind === '=' || kind === '>=' || kind === '<=') {
    cursor.take();
    if (cursor.kind !== '=') return kind;
    const second = cursor.take();
    cursor.fail(second, `expected a single \`=\` after \`${key.text}\``, {
      replace: { title: 'Remove the second `=`', span: { start: second.start, end: second.end }, text: '' },
    });
    return kind;
  }
  const written = cursor.word;
  const { spec } = parser.parent;
  // A name that is not known here, such as `TTFT`, is compared where names of its block are.
  const isComparable = (declared: PropertySpec) => declared.comparable === true;
  const isClaim = !spec || (propertySpec(spec, key.text)?.comparable ?? spec.properties.some(isComparable));
  const hint = kind === 'unknown' ? OPERATOR_HINTS.get(written) : undefined;
  const meant = hint && !isClaim ? '=' : hint;
  if (meant) {
    const token = cursor.take();
    cursor.accept('=');
    const span = { start: token.start, end: cursor.previousEnd };
    cursor.fail(span, `expected \`${meant}\` after \`${key.text}\`; found \`${cursor.textOf(span)}\``, {
      replace: { title: `Write \`${meant}\``, span, text: token.start === key.span.end ? ` ${meant}` : meant },
    });
    return meant;
  }
  const expected = valueExpected(parser, key, '=');
  cursor.fail(
    cursor.kind === 'newline' ? key.span : cursor.token,
    `${expectedMessage({ ...expected, what: `\`=\` and ${expected.what.replace(/ after .*/, '')} after \`${key.text}\`` })}`,
    {
      insert: { title: 'Insert `=`', offset: key.span.end, text: ' =' },
    },
  );
  return '=';
}

function valueExpected(parser: Parser, key: Word, operator: Comparison): Expected {
  const { spec } = parser.parent;
  const declared = spec && propertySpec(spec, key.text);
  const place = `after \`${key.text} ${operator}\``;
  if (!declared) return { what: `a value ${place}` };
  return { what: `${describeType(declared.type)} ${place}`, example: exampleValue(declared) };
}

function edge(parser: Parser): EdgeNode {
  const { cursor } = parser;
  const path = [takeWord(cursor)];
  while (cursor.accept('->')) {
    if (cursor.kind !== 'word') {
      cursor.fail(cursor.here, `expected a name after \`->\`, for example \`front -> back\``);
      break;
    }
    path.push(takeWord(cursor));
  }
  return { kind: 'edge', path, span: spanFrom(parser, path[0]?.span ?? cursor.token) };
}

function entry(parser: Parser): EntryNode | undefined {
  const { cursor } = parser;
  const start = cursor.token;
  const holdsEntries = parser.parent.spec?.holds?.includes('entries') ?? false;
  const range = parser.expressions.parse({ what: 'a range of layers', example: '0..2 = dense' });
  if (!cursor.accept('=')) {
    const message = holdsEntries
      ? 'expected `=` and a layer class after this range, for example `0..2 = dense`'
      : `expected a statement here, and those start with a name; found \`${cursor.textOf(range.span)}\``;
    cursor.fail(range.span.end > range.span.start ? range.span : start, message);
    cursor.skipStatement();
    if (!holdsEntries) return undefined;
    const missing: Expression = { kind: 'missing', span: { start: range.span.end, end: range.span.end } };
    return { kind: 'entry', range, value: missing, span: spanFrom(parser, start) };
  }
  const value = parser.expressions.parse({ what: 'a layer class after `=`', example: '0..2 = dense' });
  return { kind: 'entry', range, value, span: spanFrom(parser, start) };
}

/** `expert 0..3 on gpu 5` is a placement; `expert = 3`, `experts {` and `expert-memory = ...` are not. */
function isPlacement(parser: Parser): boolean {
  const { cursor } = parser;
  if (!/^experts?$/.test(cursor.word)) return false;
  const next = cursor.peek();
  if (next.kind === 'number' || next.kind === '[' || next.kind === '(') return true;
  if (next.kind === 'newline') return cursor.word === 'expert';
  return next.kind === 'word' && !opensStatement(cursor.peek(2).kind);
}

const PLACEMENT_EXAMPLE = 'expert 0..3 on gpu 5';

function placement(parser: Parser): PlacementNode {
  const { cursor } = parser;
  const keyword = takeWord(cursor);
  const experts = parser.expressions.parse({
    what: `an index or a range after \`${keyword.text}\``,
    example: PLACEMENT_EXAMPLE,
  });
  const layers = acceptWord(parser, 'of', 'layer')
    ? parser.expressions.parse({
        what: 'an index or a range after `of layer`',
        example: 'expert 0..3 of layer 2 on gpu 5',
      })
    : undefined;
  let gpus: Expression = { kind: 'missing', span: { start: cursor.previousEnd, end: cursor.previousEnd } };
  if (acceptWord(parser, 'on', 'gpu')) {
    gpus = parser.expressions.parse({ what: 'an index or a range after `on gpu`', example: PLACEMENT_EXAMPLE });
  } else {
    cursor.fail(cursor.here, expectedMessage({ what: '`on gpu` and the GPUs', example: PLACEMENT_EXAMPLE }));
    cursor.skipStatement();
  }
  return { kind: 'placement', keyword, experts, ...(layers && { layers }), gpus, span: spanFrom(parser, keyword.span) };
}

/** Takes `on gpu` or `of layer`. The noun may be in the plural or missing. */
function acceptWord(parser: Parser, preposition: string, noun: string): boolean {
  const { cursor } = parser;
  if (cursor.kind !== 'word' || cursor.word !== preposition) return false;
  cursor.take();
  if (cursor.kind === 'word' && (cursor.word === noun || cursor.word === `${noun}s`)) cursor.take();
  return true;
}

function importStatement(parser: Parser): ImportNode | undefined {
  const { cursor } = parser;
  const keyword = takeWord(cursor);
  if (cursor.kind !== 'string') {
    cursor.fail(cursor.here, 'expected a path in quotes after `import`, for example `import "./models.moeplan"`');
    cursor.skipStatement();
    return undefined;
  }
  const path = takeString(cursor);
  return { kind: 'import', path, span: cover(keyword.span, path.span) };
}

function letStatement(parser: Parser): LetNode | undefined {
  const { cursor } = parser;
  const keyword = takeWord(cursor);
  const example = 'let gpus-per-node = 8';
  if (cursor.kind !== 'word') {
    cursor.fail(cursor.here, expectedMessage({ what: 'a name after `let`', example }));
    cursor.skipStatement();
    return undefined;
  }
  const name = takeWord(cursor);
  if (!cursor.accept('=')) {
    cursor.fail(cursor.here, expectedMessage({ what: `\`=\` and a value after \`let ${name.text}\``, example }), {
      insert: { title: 'Insert `=`', offset: name.span.end, text: ' =' },
    });
  }
  const value = parser.expressions.parse({ what: `a value after \`let ${name.text} =\``, example });
  return { kind: 'let', name, value, span: spanFrom(parser, keyword.span) };
}

function compareStatement(parser: Parser): CompareNode {
  const { cursor } = parser;
  const keyword = takeWord(cursor);
  const names: Word[] = [];
  while (cursor.kind === 'word') {
    names.push(takeWord(cursor));
    if (!continuesNames(parser)) break;
    cursor.take();
    cursor.skipNewlines();
  }
  if (names.length < 2) {
    cursor.fail(
      names[0]?.span ?? keyword.span,
      expectedMessage({ what: 'two deployments or more after `compare`', example: 'compare baseline, proposed' }),
    );
    cursor.skipLine();
  }
  let items: Item[] = [];
  if (cursor.kind === '{') {
    const open = cursor.take();
    items = parser.inside('compare', undefined);
    if (!cursor.accept('}')) parser.unclosed('compare', keyword.span, items, open);
  }
  // The last item may be a block without its brace, which ends only where the next one starts.
  const end = items.at(-1)?.span.end ?? 0;
  const span = spanFrom(parser, keyword.span);
  return { kind: 'compare', keyword, names, items, span: { start: span.start, end: Math.max(span.end, end) } };
}

/** Whether a comma comes next, followed by a name of the same list and not by the next statement. */
function continuesNames(parser: Parser): boolean {
  const { cursor } = parser;
  if (cursor.kind !== ',') return false;
  let distance = 1;
  if (cursor.peek(distance).kind === 'newline') distance++;
  if (cursor.peek(distance).kind !== 'word') return false;
  const after = cursor.peek(distance + 1).kind;
  return after === ',' || after === 'newline' || after === '{' || after === '}';
}
