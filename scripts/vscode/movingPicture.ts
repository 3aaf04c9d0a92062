import { crc32, deflateSync } from 'node:zlib';
import { PNG_SIGNATURE, pngPixels } from '../png.ts';

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
  return Buffer.concat([PNG_SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function pictureOf(png: Buffer): Picture {
  const { width, height, channels, bytes } = pngPixels(png);
  if (channels !== CHANNELS) throw new Error(`a frame has ${channels} channels, not ${CHANNELS}`);
  return { width, height, pixels: bytes };
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
