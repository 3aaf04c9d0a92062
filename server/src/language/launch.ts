import type { Cursor } from './cursor.ts';

/** The modules that start engines, behind `python -m`. */
const MODULES: ReadonlySet<string> = new Set(['sglang.launch_server', 'vllm.entrypoints.openai.api_server']);

/**
 * Whether the command that starts an engine comes next: `vllm serve`, `python3 -m sglang.launch_server`, or the engine's name
 * alone.
 */
export function startsLaunch(cursor: Cursor): boolean {
  if (cursor.kind !== 'word' && cursor.kind !== 'unit') return false;
  const next = cursor.peek();
  if (/^(?:vllm|sglang)$/.test(cursor.word)) return cursor.textOf(next) === 'serve' || endsStatement(cursor, 1);
  return (
    next.kind === '-' &&
    /^python[\d.]*$/.test(cursor.word) &&
    cursor.textOf(cursor.peek(2)) === 'm' &&
    MODULES.has(cursor.textOf(cursor.peek(3)))
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
