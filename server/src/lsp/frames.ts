/** The largest accepted message in bytes: twice the text of the largest file that an editor hands over. */
const LARGEST_MESSAGE = 2 ** 28;

/** The largest accepted header in bytes. Headers of editors have some fifty. */
const LARGEST_HEADER = 2 ** 13;

/** The end of a header. */
const BLANK_LINE = Buffer.from('\r\n\r\n');

/**
 * Follows the frames of the base protocol (`Content-Length: N`, a blank line, N bytes) through a stream, and says what is wrong
 * with a frame. The reader behind it would hang or loop on a wrong frame. Nothing after such a frame can be understood, because
 * nobody knows where the next one starts.
 */
export class Frames {
  private header = Buffer.alloc(0);
  /** How many bytes of the body are still to come; undefined while a header is read. */
  private missing: number | undefined;

  /** Whether the bytes so far end with a whole message. */
  get isBetween(): boolean {
    return this.missing === undefined && this.header.length === 0;
  }

  /** Reads a chunk. The answer says what is wrong, as a sentence for the author of the client; undefined while all is well. */
  follow(chunk: Buffer): string | undefined {
    for (let unread = chunk; unread.length > 0; ) {
      if (this.missing !== undefined) {
        const bodyBytes = Math.min(this.missing, unread.length);
        unread = unread.subarray(bodyBytes);
        this.missing = this.missing === bodyBytes ? undefined : this.missing - bodyBytes;
        continue;
      }
      const headerLength = this.header.length;
      this.header = Buffer.concat([this.header, unread]);
      const end = this.header.indexOf(BLANK_LINE, Math.max(0, headerLength - BLANK_LINE.length));
      if ((end === -1 ? this.header.length : end) > LARGEST_HEADER) return 'a header has no end';
      if (end === -1) return undefined;
      const fault = this.read(this.header.toString('latin1', 0, end));
      if (fault !== undefined) return fault;
      unread = this.header.subarray(end + BLANK_LINE.length);
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
