import { describe, expect, test } from 'vitest';
import { pngDrawer } from '../../server/src/cli/formats/png.ts';
import { exportedPictures } from '../support/exportedPictures.ts';
import { readPng } from '../support/png.ts';
import { unpainted, wrongPixels } from '../support/svgPixels.ts';

const draw = await pngDrawer();

describe.each(exportedPictures())('the picture of $name, $theme', ({ theme, svg }) => {
  test('is painted by attributes; what is besides is for browsers alone', () => {
    expect(unpainted(svg)).toEqual([]);
    expect(svg).not.toContain('var(');
    const [, sheet = ''] = /<style>([^<]*)<\/style>/.exec(svg) ?? [];
    // LibreOffice takes rules in a media query for unconditional, and knows classes by a point.
    expect(sheet.replace(/^@media \(prefers-color-scheme: dark\)\{(?:\[class~=[\w-]+\]\{[^{}]*\})*\}$/, '')).toBe('');
    expect(sheet === '').toBe(theme !== 'both');
  });

  test('resvg shows its background, frames, boxes, text and critical path in the colours of the theme', () => {
    const [, width = ''] = /^<svg [^>]*\bwidth="(\d+)"/.exec(svg) ?? [];
    const pixels = readPng(Buffer.from(draw(svg, Number(width)).bytes));
    expect(wrongPixels(svg, theme, pixels)).toEqual([]);
  });
});

test('a picture that hangs on a style sheet is told from one that does not', () => {
  const [picture] = exportedPictures();
  const svg = (picture?.svg ?? '').replace(/ fill="#[\da-f]{6}"/g, '');
  const [, width = ''] = /^<svg [^>]*\bwidth="(\d+)"/.exec(svg) ?? [];
  const { bytes } = draw(svg, Number(width));
  expect(wrongPixels(svg, 'light', readPng(Buffer.from(bytes))).length).toBeGreaterThan(10);
});
