import { pngPixels } from '../../scripts/png.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb` of the pixel in a column and row. */
  at(x: number, y: number): string;
}

/** The pixels of a PNG by their colours; throws where `pngPixels` does. */
export function readPng(png: Buffer): Pixels {
  const { width, height, channels, bytes } = pngPixels(png);
  return {
    width,
    height,
    at: (x, y) => {
      const from = (y * width + x) * channels;
      return `#${bytes.toString('hex', from, from + 3)}`;
    },
  };
}
