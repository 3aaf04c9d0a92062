/** A zero-based line and a UTF-16 offset in it, as editors count. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Converts between offsets and lines of one text. `\n`, `\r\n` and a lone `\r` end a line. */
export interface LineIndex {
  readonly lineCount: number;
  positionAt(offset: number): Position;
  /** A position behind the end of a line means its end; a line behind the last one means the end of the text. */
  offsetAt(position: Position): number;
  /** Where the line starts. */
  lineStart(line: number): number;
  /** Where the line's text ends, without its line break. */
  lineEnd(line: number): number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export function createLineIndex(text: string): LineIndex {
  const starts = lineStarts(text);
  const last = starts.length - 1;

  function lineStart(line: number): number {
    return starts[line] ?? (line < 0 ? 0 : text.length);
  }

  function lineEnd(line: number): number {
    if (line >= last) return text.length;
    let end = lineStart(line + 1);
    if (text.charCodeAt(end - 1) === LINE_FEED && end > lineStart(line)) end--;
    if (text.charCodeAt(end - 1) === CARRIAGE_RETURN && end > lineStart(line)) end--;
    return end;
  }

  function positionAt(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStart(middle) <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: bounded - lineStart(low) };
  }

  function offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    if (line > last) return text.length;
    return Math.min(lineStart(line) + Math.max(0, character), lineEnd(line));
  }

  return { lineCount: starts.length, positionAt, offsetAt, lineStart, lineEnd };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    // Searching for a letter takes a tenth of the time of looking at each, and every keystroke makes an index.
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED) at++;
    else if (code !== CARRIAGE_RETURN && code !== LINE_FEED) continue;
    starts.push(at + 1);
  }
  return starts;
}
