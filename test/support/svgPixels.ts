import { PALETTES, type Palette } from '../../server/src/graph/palette.ts';
import type { SvgTheme } from '../../server/src/graph/svgPaint.ts';
import type { Pixels } from './png.ts';
import { type Element, elementsOf, parseXml } from './xml.ts';

type Point = readonly [x: number, y: number];

const KINDS = ['compute', 'communication', 'routing', 'aggregation', 'gate', 'source', 'sink'] as const;
/** Of 441 between black and white: what smoothing and profiles of colours change in a filled area. */
const NEAR = 14;

/**
 * What a reader that knows no style sheets must show of an exported SVG, looked at in its pixels, about one for each unit:
 * background, frames, boxes, text on boxes, and the critical path. Returns what is otherwise, each as a sentence.
 */
export function wrongPixels(svg: string, theme: SvgTheme, pixels: Pixels): readonly string[] {
  const root = parseXml(svg);
  const palette = PALETTES[theme === 'both' ? 'light' : theme];
  const [width, height] = [numberOf(root, 'width'), numberOf(root, 'height')];
  // LibreOffice draws at most 2,048 pixels wide.
  const scale = Math.min(1, pixels.width / width);
  if (pixels.width > width + 1 || scale < 0.8 || Math.abs(pixels.height - height * scale) > 2)
    return [`it is ${pixels.width} x ${pixels.height} and not ${width} x ${height}`];
  const wrong: string[] = [];
  const look = (what: string, color: string, at: readonly Point[], within: number) => {
    const seen = at.map(([x, y]) => pixels.at(Math.round(x * scale), Math.round(y * scale)));
    if (!seen.some((each) => distance(each, color) <= within)) wrong.push(`${what} is ${seen[0]} and not ${color}`);
  };
  look('the upper left corner', palette.background, [[3, 3]], NEAR);
  look('the lower right corner', palette.background, [[width - 4, height - 4]], NEAR);
  look(
    'the title',
    palette.text,
    inside({ x: 24, y: 20, width: 100, height: 24 }),
    half(palette.text, palette.background),
  );
  for (const { element, dx, dy } of placed(root, 0, 0)) {
    const classes = (element.attributes.get('class') ?? '').split(' ');
    const about = `${element.name} ${classes.join('.')}`;
    if (classes[0] === 'group' && classes[1] === 'stage') {
      const box = boxOf(element, dx, dy);
      look(about, palette.groupFill, [[box.x + box.width - 16, box.y + 6]], NEAR);
    }
    if (classes[0] === 'node' && element.name !== 'circle') {
      const box = boxOf(element, dx, dy);
      const { fill } = colorsOf(classes, palette);
      // A small box of the legend, or the one behind in a stack, has no text.
      if (box.height < 40) look(about, fill, [[box.x + box.width / 2, box.y + box.height / 2]], NEAR);
      else look(about, fill, [[box.x + (element.name === 'path' ? 12 : 7), box.y + box.height / 2 + 1]], NEAR);
    }
    if (classes[0] === 'label') {
      const [x, y] = [numberOf(element, 'x') + dx, numberOf(element, 'y') + dy];
      look(
        about,
        palette.text,
        inside({ x: x - 24, y: y - 10, width: 48, height: 12 }),
        half(palette.text, palette.groupFill),
      );
    }
    if (classes.includes('edge-critical') && dx + dy > 0) {
      const [x, y] = middleOf(element.attributes.get('d') ?? '');
      // Dashes leave gaps of 4 along the line; across it pixels may be shared between two rows.
      const along = Array.from({ length: 11 }, (_, step) => step - 5);
      const around = along.flatMap((a) =>
        [-1, 0, 1].flatMap((b): Point[] => [
          [x + dx + a, y + dy + b],
          [x + dx + b, y + dy + a],
        ]),
      );
      look(about, palette.critical, around, half(palette.critical, palette.groupFill));
    }
  }
  return wrong;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Elements with the shift of the groups around them. */
function placed(element: Element, dx: number, dy: number): readonly { element: Element; dx: number; dy: number }[] {
  if (element.name === 'defs') return [];
  const [, x = 0, y = 0] = /^translate\(([\d.]+) ([\d.]+)\)$/.exec(element.attributes.get('transform') ?? '') ?? [];
  const [left, top] = [dx + Number(x), dy + Number(y)];
  return [{ element, dx: left, dy: top }, ...element.children.flatMap((child) => placed(child, left, top))];
}

function boxOf(element: Element, dx: number, dy: number): Box {
  const of = (name: string) => numberOf(element, name);
  if (element.name === 'ellipse')
    return { x: of('cx') - of('rx') + dx, y: of('cy') - of('ry') + dy, width: 2 * of('rx'), height: 2 * of('ry') };
  if (element.name === 'rect') return { x: of('x') + dx, y: of('y') + dy, width: of('width'), height: of('height') };
  // A parallelogram: `Mx yHrightLx bottomHleftz`.
  const [, y, right, , bottom, left] = (element.attributes.get('d') ?? '').match(/-?[\d.]+/g)?.map(Number) ?? [];
  const [x0, y0, x1, y1] = [left ?? 0, y ?? 0, right ?? 0, bottom ?? 0];
  return { x: x0 + dx, y: y0 + dy, width: x1 - x0, height: y1 - y0 };
}

/** What a node is filled with: closed groups and marks have colours of their own. */
function colorsOf(classes: readonly string[], { nodes, background }: Palette): { readonly fill: string } {
  if (classes.includes('closed')) return nodes.source;
  if (classes.includes('removed') || classes.includes('same')) return { fill: background };
  const kind = KINDS.find((each) => classes.includes(each));
  if (!kind) throw new Error(`a node of no kind: ${classes.join(' ')}`);
  return nodes[kind];
}

/** The middle of the longest straight part of a path of `M` and `L`. */
function middleOf(path: string): Point {
  const numbers = path.match(/-?[\d.]+/g)?.map(Number) ?? [];
  let best: { readonly length: number; readonly at: Point } = { length: -1, at: [0, 0] };
  for (let index = 0; index + 3 < numbers.length; index += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = numbers.slice(index, index + 4);
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length > best.length) best = { length, at: [(x0 + x1) / 2, (y0 + y1) / 2] };
  }
  return best.at;
}

function inside({ x, y, width, height }: Box): readonly Point[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column): Point => [x + column, y + row]),
  ).flat();
}

/** Smoothed lines and letters are nearer to their own colour than to what they lie on. */
function half(color: string, ground: string): number {
  return distance(color, ground) / 2;
}

function distance(left: string, right: string): number {
  const [a, b] = [left, right].map((color) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));
  return Math.hypot(...(a ?? []).map((value, index) => value - (b?.[index] ?? 0)));
}

function numberOf({ name, attributes }: Element, attribute: string): number {
  const value = Number(attributes.get(attribute) ?? Number.NaN);
  if (!Number.isFinite(value)) throw new Error(`<${name}> has no number ${attribute}`);
  return value;
}

/** Elements that are painted by attributes alone say what they are painted with. */
export function unpainted(svg: string): readonly string[] {
  const painted = new Set(['rect', 'ellipse', 'circle', 'path', 'text']);
  return elementsOf(parseXml(svg)).flatMap(({ name, attributes }) =>
    painted.has(name) && !attributes.has('fill') ? [`<${name} class="${attributes.get('class')}">`] : [],
  );
}
