import { inflateSync } from 'node:zlib';

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Channels by the colour type: with and without transparency. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

export interface PngPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Row by row, `channels` bytes a pixel. */
  readonly bytes: Buffer;
}

/**
 * Reads a PNG of 8 bits a channel with RGB or RGBA, not interlaced (https://www.w3.org/TR/png-3/), which is all that is
 * written here, by browsers as screenshots and by those who read our SVG.
 *
 * @throws an Error where it is none of these.
 */
export function pngPixels(png: Buffer): PngPixels {
  if (!png.subarray(0, 8).equals(PNG_SIGNATURE)) throw new Error('the signature is not that of a PNG');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const kind = [...png.subarray(24, 29)].join(' ');
  const channels = CHANNELS[png[25] ?? 0];
  if (channels === undefined || !/^8 \d 0 0 0$/.test(kind))
    throw new Error(`depth, colours, compression, filter, interlace: ${kind}`);
  const rows = unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  return { width, height, channels, bytes: rows };
}

function unfiltered(data: Buffer, stride: number, height: number, channels: number): Buffer {
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const filter = data[from] ?? 0;
    for (let x = 0; x < stride; x++) {
      const to = y * stride + x;
      const left = x < channels ? 0 : (rows[to - channels] ?? 0);
      const above = y === 0 ? 0 : (rows[to - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (rows[to - stride - channels] ?? 0);
      rows[to] = (data[from + 1 + x] ?? 0) + guess(filter, left, above, corner);
    }
  }
  return rows;
}

/** What a filter takes a byte to be from those before it. */
function guess(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      throw new Error(`there is no filter ${filter}`);
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
