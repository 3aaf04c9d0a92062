/** The largest message that is waited for, in bytes: twice the text of the largest file that an editor hands over. */
const LARGEST_MESSAGE = 2 ** 28;

/** The largest header that is waited for, in bytes. Those of editors have some fifty. */
const LARGEST_HEADER = 2 ** 13;

/** The end of a header. */
const BLANK_LINE = Buffer.from('\r\n\r\n');

/**
 * Follows the frames of the base protocol (`Content-Length: N`, a blank line, N bytes) through a stream, and says what is
 * wrong with one. The reader behind it hangs or spins on such a frame, and nothing behind it can be understood, because
 * nobody knows where the next one starts.
 */
export class Frames {
  private header = Buffer.alloc(0);
  /** Bytes of the body that are still to come; nothing in a header. */
  private missing: number | undefined;

  /** Whether what came so far ends with a whole message. */
  get isBetween(): boolean {
    return this.missing === undefined && this.header.length === 0;
  }

  /** What is wrong, as a sentence for whoever wrote the client; nothing while all is well. */
  follow(chunk: Buffer): string | undefined {
    for (let rest = chunk; rest.length > 0; ) {
      if (this.missing !== undefined) {
        const taken = Math.min(this.missing, rest.length);
        rest = rest.subarray(taken);
        this.missing = this.missing === taken ? undefined : this.missing - taken;
        continue;
      }
      const before = this.header.length;
      this.header = Buffer.concat([this.header, rest]);
      const end = this.header.indexOf(BLANK_LINE, Math.max(0, before - BLANK_LINE.length));
      if ((end === -1 ? this.header.length : end) > LARGEST_HEADER) return 'a header has no end';
      if (end === -1) return undefined;
      const wrong = this.read(this.header.toString('latin1', 0, end));
      if (wrong !== undefined) return wrong;
      rest = this.header.subarray(end + BLANK_LINE.length);
      this.header = Buffer.alloc(0);
    }
    return undefined;
  }

  private read(header: string): string | undefined {
    const fields = header.split('\r\n').map((line) => /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line));
    const lengths = fields.flatMap((field) => (field?.[1]?.toLowerCase() === 'content-length' ? [field[2] ?? ''] : []));
    const [length] = lengths;
    if (fields.includes(null) || length === undefined || lengths.length > 1)
      return `\`${shortened(header)}\` is no header with one Content-Length`;
    if (!/^\d+$/.test(length)) return `Content-Length must be a whole number of bytes, and is \`${shortened(length)}\``;
    if (Number(length) > LARGEST_MESSAGE)
      return `a message of ${shortened(length)} bytes is larger than ${LARGEST_MESSAGE}`;
    this.missing = Number(length) === 0 ? undefined : Number(length);
    return undefined;
  }
}

/** Text of a client as one short line. */
function shortened(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
