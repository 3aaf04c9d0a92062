/**
 * Tells which characters a TrueType or OpenType font, or a collection of them, has glyphs for (OpenType specification, table
 * `cmap`, subtables of format 4 and 12, which together cover the Unicode characters of fonts).
 *
 * @throws RangeError where the bytes are no font or end too early.
 */
export function fontCoverage(bytes: Uint8Array): (character: number) => boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const faces = tagAt(view, 0) === 'ttcf' ? collectionFaces(view) : [0];
  const ranges = faces.flatMap((face) => rangesOf(view, face));
  return (character) => ranges.some((range) => range(character));
}

type Range = (character: number) => boolean;

/** The tags that a font may begin with: TrueType, TrueType as Apple writes it, and OpenType with PostScript outlines. */
const FONTS: readonly string[] = ['\0\x01\0\0', 'true', 'OTTO'];

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}

function collectionFaces(view: DataView): readonly number[] {
  return Array.from({ length: Math.min(view.getUint32(8), 256) }, (_, index) => view.getUint32(12 + 4 * index));
}

function rangesOf(view: DataView, face: number): readonly Range[] {
  if (!FONTS.includes(tagAt(view, face))) throw new RangeError('it begins like no font');
  const tables = Array.from({ length: view.getUint16(face + 4) }, (_, index) => face + 12 + 16 * index);
  const entry = tables.find((at) => tagAt(view, at) === 'cmap');
  if (entry === undefined) return [];
  const cmap = view.getUint32(entry + 8);
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => cmap + 4 + 8 * index);
  return subtables.flatMap((record): readonly Range[] => {
    const [platform, encoding] = [view.getUint16(record), view.getUint16(record + 2)];
    // Only subtables for Unicode count: Unicode itself, or for Windows its Basic Multilingual Plane or all of it.
    if (platform !== 0 && !(platform === 3 && (encoding === 1 || encoding === 10))) return [];
    const at = cmap + view.getUint32(record + 4);
    switch (view.getUint16(at)) {
      case 4:
        return segments(view, at);
      case 12:
        return groups(view, at);
      default:
        return [];
    }
  });
}

/** Format 4 has segments with an offset to the glyph, or with a list of glyphs in which 0 stands for none. */
function segments(view: DataView, at: number): readonly Range[] {
  const size = view.getUint16(at + 6);
  const count = size / 2;
  return Array.from({ length: count }, (_, index): Range => {
    const end = view.getUint16(at + 14 + 2 * index);
    const start = view.getUint16(at + 16 + size + 2 * index);
    const delta = view.getUint16(at + 16 + 2 * size + 2 * index);
    const offsetAt = at + 16 + 3 * size + 2 * index;
    const offset = view.getUint16(offsetAt);
    return (character) => {
      if (character < start || character > end) return false;
      if (offset === 0) return ((character + delta) & 0xffff) !== 0;
      const glyph = view.getUint16(offsetAt + offset + 2 * (character - start));
      return glyph !== 0 && ((glyph + delta) & 0xffff) !== 0;
    };
  });
}

/** Format 12 has groups of characters whose glyphs follow one another. */
function groups(view: DataView, at: number): readonly Range[] {
  return Array.from({ length: view.getUint32(at + 12) }, (_, index): Range => {
    const group = at + 16 + 12 * index;
    const [start, end, glyph] = [view.getUint32(group), view.getUint32(group + 4), view.getUint32(group + 8)];
    return (character) => character >= start && character <= end && glyph + character - start !== 0;
  });
}
