import type { Cursor } from './cursor.ts';

/** The modules that start engines, behind `python -m`. */
const MODULES: ReadonlySet<string> = new Set([
  'sglang.launch_server',
  'tensorrt_llm.commands.serve',
  'torchtitan.train',
  'vllm.entrypoints.api_server',
  'vllm.entrypoints.openai.api_server',
]);

/** Programs that start the command behind them, with flags of their own. */
const LAUNCHERS: ReadonlySet<string> = new Set(['torchrun']);

/** Words of a shell before a command, which change nothing of it. */
const BEFORE_COMMANDS: ReadonlySet<string> = new Set(['env', 'exec', 'export', 'nohup', 'sudo', 'time']);

/**
 * Whether a command that starts an engine comes next: `vllm serve`, `python3 -m sglang.launch_server`, `torchrun`, a script, or
 * the engine's name alone, with words of a shell before it.
 */
export function startsLaunch(cursor: Cursor): boolean {
  if (cursor.kind !== 'word' && cursor.kind !== 'unit') return false;
  return startsCommand(cursor, wordsBefore(cursor, startsCommand));
}

/** Whether the command itself stands this many tokens ahead. */
function startsCommand(cursor: Cursor, distance: number): boolean {
  const word = cursor.textOf(cursor.peek(distance));
  const next = cursor.peek(distance + 1);
  if (/^(?:vllm|sglang)$/.test(word)) return cursor.textOf(next) === 'serve' || endsStatement(cursor, distance + 1);
  if (LAUNCHERS.has(word)) return next.kind !== '=' && next.kind !== '{';
  if (isScript(word)) return endsStatement(cursor, distance + 1);
  if (!isPython(word)) return false;
  if (isScript(cursor.textOf(next))) return endsStatement(cursor, distance + 2);
  return (
    next.kind === '-' &&
    cursor.textOf(cursor.peek(distance + 2)) === 'm' &&
    MODULES.has(cursor.textOf(cursor.peek(distance + 3)))
  );
}

/** How many tokens stand before the word that names what the command starts. */
export function tokensBeforeName(cursor: Cursor): number {
  const before = wordsBefore(cursor, startsCommand);
  if (!isPython(cursor.textOf(cursor.peek(before)))) return before;
  return cursor.peek(before + 1).kind === '-' ? before + 3 : before + 1;
}

/** Whether a command sets a variable of the environment next: `CUDA_VISIBLE_DEVICES=0,1`. */
export function startsVariable(cursor: Cursor): boolean {
  if (cursor.kind !== 'word' && cursor.kind !== 'unit') return false;
  return isVariable(cursor, wordsBefore(cursor, isVariable));
}

/** How many tokens stand before the name of the variable. */
export function tokensBeforeVariable(cursor: Cursor): number {
  return wordsBefore(cursor, isVariable);
}

/** A name in capitals with a value and no blanks around `=`, as a shell needs it. */
function isVariable(cursor: Cursor, distance: number): boolean {
  const [name, equals, value] = [cursor.peek(distance), cursor.peek(distance + 1), cursor.peek(distance + 2)];
  return (
    (name.kind === 'word' || name.kind === 'unit') &&
    isVariableName(cursor.textOf(name)) &&
    equals.kind === '=' &&
    equals.start === name.end &&
    (value.start > equals.end ? endsStatement(cursor, distance + 2) : value.kind !== 'newline')
  );
}

/** `NCCL_DEBUG`. A name of one word, such as `TP`, may be anything. */
export function isVariableName(word: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(word);
}

/** `pretrain_gpt.py`. */
export function isScript(word: string): boolean {
  return /^[\w./-]+\.py$/.test(word);
}

function isPython(word: string): boolean {
  return /^python[\d.]*$/.test(word);
}

/** How many words of a shell stand before what `starts` there; 0 where it does not start. */
function wordsBefore(cursor: Cursor, starts: (cursor: Cursor, distance: number) => boolean): number {
  let distance = 0;
  while (BEFORE_COMMANDS.has(cursor.textOf(cursor.peek(distance)))) distance++;
  return distance > 0 && starts(cursor, distance) ? distance : 0;
}

/** Whether a flag with two dashes comes next, which nobody writes for a subtraction: `tp = 4 --pipeline-parallel-size 2`. */
export function startsLongFlag(cursor: Cursor): boolean {
  const [first, second, third] = [cursor.token, cursor.peek(), cursor.peek(2)];
  const isWord = third.kind === 'word' || third.kind === 'unit';
  return (
    first.kind === '-' && second.kind === '-' && isWord && first.end === second.start && second.end === third.start
  );
}

/** Whether a statement of a command line ends this many tokens ahead, at the end of its line or at the next flag. */
export function endsStatement(cursor: Cursor, distance: number): boolean {
  const token = cursor.peek(distance);
  switch (token.kind) {
    case 'newline':
    case ',':
    case '}':
      return true;
    case '-':
      return cursor.peek(distance + 1).start === token.end;
    default:
      return token.kind === 'unknown' && cursor.textOf(token) === '\\';
  }
}
