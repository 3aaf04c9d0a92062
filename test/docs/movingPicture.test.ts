import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { movingPicture } from '../../scripts/vscode/movingPicture.ts';

const [WIDTH, HEIGHT] = [5, 4];
type Colours = readonly (readonly [number, number, number])[];

const RED = [200, 10, 20] as const;
const BLUE = [0, 30, 250] as const;
const flat = (): [number, number, number][] => Array.from({ length: WIDTH * HEIGHT }, () => [...RED]);

interface Chunk {
  readonly name: string;
  readonly data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ name: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** A PNG as a browser writes a screenshot, with one of the five filters in every row. */
function screenshot(colours: Colours, filter = 0, width = WIDTH): Buffer {
  const stride = width * 3;
  const bytes = Buffer.from(colours.flat());
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const row = Buffer.alloc(stride + 1);
    row[0] = filter;
    for (let x = 0; x < stride; x++) {
      const left = x < 3 ? 0 : (bytes[y * stride + x - 3] ?? 0);
      const above = y === 0 ? 0 : (bytes[(y - 1) * stride + x] ?? 0);
      row[x + 1] = (bytes[y * stride + x] ?? 0) - ([0, left, above, (left + above) >> 1][filter] ?? 0);
    }
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (name: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.concat(rows));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('screenshots are put together to one picture that moves', () => {
  const changed = flat();
  changed[WIDTH + 2] = [...BLUE];
  changed[2 * WIDTH + 3] = [...BLUE];
  const chunks = chunksOf(
    movingPicture([
      { png: screenshot(flat(), 2), milliseconds: 1_500 },
      { png: screenshot(changed, 3), milliseconds: 400 },
      { png: screenshot(changed, 1), milliseconds: 10 },
    ]),
  );

  test('with the chunks of an animated PNG, numbered one after the other', () => {
    expect(chunks.map(({ name }) => name)).toEqual('IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND'.split(' '));
    const numbered = chunks.filter(({ name }) => name === 'fcTL' || name === 'fdAT');
    expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual([0, 1, 2, 3, 4]);
    expect(chunks[1]?.data.readUInt32BE(0)).toBe(3);
  });

  test('each frame as the smallest rectangle that differs, for its time', () => {
    const frames = chunks
      .filter(({ name }) => name === 'fcTL')
      .map(({ data }) => ({
        rectangle: [1, 2, 3, 4].map((index) => data.readUInt32BE(4 * index)),
        seconds: data.readUInt16BE(20) / data.readUInt16BE(22),
      }));
    expect(frames).toEqual([
      { rectangle: [WIDTH, HEIGHT, 0, 0], seconds: 1.5 },
      { rectangle: [2, 2, 2, 1], seconds: 0.4 },
      { rectangle: [1, 1, 0, 0], seconds: 0.01 },
    ]);
  });

  test('with the colours that were seen', () => {
    const second = chunks.filter(({ name }) => name === 'fdAT')[0]?.data.subarray(4) ?? Buffer.alloc(0);
    const rows = inflateSync(second);
    // The second row is the difference from the first.
    const bottom = [1, 2, 3, 4, 5, 6].map((index) => ((rows[index] ?? 0) + (rows[index + 7] ?? 0)) & 255);
    expect([...rows.subarray(1, 7)]).toEqual([...BLUE, ...RED]);
    expect(bottom).toEqual([...RED, ...BLUE]);
  });

  test('and refused where one has another size', () => {
    const wide = Array.from({ length: 6 * HEIGHT }, () => RED);
    const frames = [screenshot(flat()), screenshot(wide, 0, 6)].map((png) => ({ png, milliseconds: 1 }));
    expect(() => movingPicture(frames)).toThrow('frame 1 is 6 x 4, the first 5 x 4');
  });
});
