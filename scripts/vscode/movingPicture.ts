import { crc32, deflateSync, inflateSync } from 'node:zlib';

/**
 * Puts screenshots together to one picture that moves: an animated PNG (https://www.w3.org/TR/png-3/, section 11.3.4), which
 * GitHub, the Marketplace and every browser show without being asked. Each frame holds only the rectangle in which it differs
 * from the one before.
 */
export interface Frame {
  /** A PNG of 8 bits a channel, RGB, not interlaced, as browsers write screenshots. All of one size. */
  readonly png: Buffer;
  readonly milliseconds: number;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly pixels: Buffer;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHANNELS = 3;

/** @throws an Error where a frame is no such PNG, or of another size than the first. */
export function movingPicture(frames: readonly Frame[]): Buffer {
  const pictures = frames.map(({ png }) => pictureOf(png));
  const [first] = pictures;
  if (!first) throw new Error('a moving picture has at least one frame');
  const chunks = [chunk('IHDR', headerOf(first)), chunk('acTL', numbers(pictures.length, 0))];
  let sequence = 0;
  pictures.forEach((picture, index) => {
    if (picture.width !== first.width || picture.height !== first.height)
      throw new Error(
        `frame ${index} is ${picture.width} x ${picture.height}, the first ${first.width} x ${first.height}`,
      );
    const before = pictures[index - 1];
    const changed = before ? difference(before, picture) : { x: 0, y: 0, width: first.width, height: first.height };
    chunks.push(chunk('fcTL', frameControl(sequence++, changed, frames[index]?.milliseconds ?? 0)));
    const data = compressed(picture, changed);
    chunks.push(before ? chunk('fdAT', Buffer.concat([numbers(sequence++), data])) : chunk('IDAT', data));
  });
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function pictureOf(png: Buffer): Picture {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('the signature is not that of a PNG');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const kind = [...png.subarray(24, 29)].join(' ');
  if (kind !== '8 2 0 0 0') throw new Error(`depth, colours, compression, filter, interlace: ${kind}`);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  return { width, height, pixels: unfiltered(inflateSync(Buffer.concat(data)), width * CHANNELS, height) };
}

/** Takes back what a row's filter has made of it (PNG, section 9). */
function unfiltered(data: Buffer, stride: number, height: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const to = y * stride + x;
      const left = x < CHANNELS ? 0 : (pixels[to - CHANNELS] ?? 0);
      const above = y === 0 ? 0 : (pixels[to - stride] ?? 0);
      const corner = x < CHANNELS || y === 0 ? 0 : (pixels[to - stride - CHANNELS] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, nearestOf(left, above, corner)][filter] ?? 0;
      pixels[to] = (data[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return pixels;
}

/** Paeth's predictor. */
function nearestOf(left: number, above: number, corner: number): number {
  const sum = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** The smallest rectangle with every pixel that differs; one pixel where none does, since a frame cannot be empty. */
function difference(before: Picture, now: Picture): Rectangle {
  let [left, top, right, bottom] = [now.width, now.height, -1, -1];
  for (let y = 0; y < now.height; y++) {
    const row = y * now.width * CHANNELS;
    const end = row + now.width * CHANNELS;
    if (before.pixels.compare(now.pixels, row, end, row, end) === 0) continue;
    top = Math.min(top, y);
    bottom = y;
    for (let x = 0; x < now.width; x++) {
      const at = row + x * CHANNELS;
      if (before.pixels.compare(now.pixels, at, at + CHANNELS, at, at + CHANNELS) === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return right < 0
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Each row after the difference from the one above: of text and areas of one colour little is left. */
function compressed({ width, pixels }: Picture, at: Rectangle): Buffer {
  const stride = at.width * CHANNELS;
  const rows = Buffer.alloc(at.height * (stride + 1));
  for (let y = 0; y < at.height; y++) {
    const to = y * (stride + 1);
    const from = ((at.y + y) * width + at.x) * CHANNELS;
    rows[to] = y === 0 ? 0 : 2;
    for (let x = 0; x < stride; x++)
      rows[to + 1 + x] = (pixels[from + x] ?? 0) - (y === 0 ? 0 : (pixels[from + x - width * CHANNELS] ?? 0));
  }
  return deflateSync(rows, { level: 9 });
}

function headerOf({ width, height }: Picture): Buffer {
  return Buffer.concat([numbers(width, height), Buffer.from([8, 2, 0, 0, 0])]);
}

/** Its time in thousandths of a second; what it does not cover stays as it was. */
function frameControl(sequence: number, { x, y, width, height }: Rectangle, milliseconds: number): Buffer {
  const time = Buffer.alloc(6);
  time.writeUInt16BE(milliseconds, 0);
  time.writeUInt16BE(1000, 2);
  return Buffer.concat([numbers(sequence, width, height, x, y), time]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  return Buffer.concat([numbers(data.length), named, numbers(crc32(named))]);
}
