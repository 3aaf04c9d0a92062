/**
 * A TrueType font whose glyph is a filled square, as tall as a capital, for each of some characters: the smallest that font
 * readers take (OpenType specification: head, hhea, maxp, hmtx, cmap, loca, glyf, name).
 */
export function squareFont(characters: string): Buffer {
  const codes = [...characters].map((each) => each.codePointAt(0) ?? 0).sort((a, b) => a - b);
  const square = bytesOf(
    [1, 2],
    [100, 2],
    [0, 2],
    [900, 2],
    [800, 2],
    [3, 2],
    [0, 2],
    ...[1, 1, 1, 1].map((flag) => [flag, 1] as const),
    ...[100, 0, 800, 0].map((x) => [x, 2] as const),
    ...[0, 800, 0, -800].map((y) => [y, 2] as const),
    [0, 2],
  );
  const cmap = bytesOf(
    [0, 2],
    [1, 2],
    [3, 2],
    [10, 2],
    [12, 4],
    [12, 2],
    [0, 2],
    [16 + 12 * codes.length, 4],
    [0, 4],
    [codes.length, 4],
    ...codes.flatMap(
      (code) =>
        [
          [code, 4],
          [code, 4],
          [1, 4],
        ] as const,
    ),
  );
  const family = Buffer.from('Square', 'utf16le').swap16();
  const tables: Readonly<Record<string, Buffer>> = {
    cmap,
    glyf: square,
    head: bytesOf(
      [0x00010000, 4],
      [0, 4],
      [0, 4],
      [0x5f0f3cf5, 4],
      [0, 2],
      [1000, 2],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 2],
      [0, 2],
      [1000, 2],
      [1000, 2],
      [0, 2],
      [8, 2],
      [2, 2],
      [0, 2],
      [0, 2],
    ),
    hhea: bytesOf([0x00010000, 4], [900, 2], [-100, 2], [0, 2], [1000, 2], ...zeros(11), [2, 2]),
    hmtx: bytesOf([1000, 2], [0, 2], [1000, 2], [100, 2]),
    loca: bytesOf([0, 2], [0, 2], [square.length / 2, 2]),
    maxp: bytesOf([0x00005000, 4], [2, 2]),
    name: Buffer.concat([
      // Family, and the name for PostScript.
      bytesOf([0, 2], [2, 2], [30, 2]),
      ...[1, 6].map((id) => bytesOf([3, 2], [1, 2], [0x409, 2], [id, 2], [family.length, 2], [0, 2])),
      family,
    ]),
  };
  const names = Object.keys(tables).sort();
  const directory: Buffer[] = [bytesOf([0x00010000, 4], [names.length, 2], [0, 2], [0, 2], [0, 2])];
  const contents: Buffer[] = [];
  let at = 12 + 16 * names.length;
  for (const name of names) {
    const table = tables[name] ?? Buffer.alloc(0);
    directory.push(Buffer.from(name, 'ascii'), bytesOf([0, 4], [at, 4], [table.length, 4]));
    const padded = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    contents.push(padded);
    at += padded.length;
  }
  return Buffer.concat([...directory, ...contents]);
}

function zeros(count: number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, () => [0, 2] as const);
}

/** Numbers with their sizes in bytes, the highest byte first. */
function bytesOf(...numbers: readonly (readonly [value: number, size: number])[]): Buffer {
  return Buffer.concat(
    numbers.map(([value, size]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeIntBE(value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value, 0, size);
      return bytes;
    }),
  );
}
