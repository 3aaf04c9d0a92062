import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { scaleOf } from '../../graph/pixels.ts';
import { CannotRun } from '../cannotRun.ts';
import { readNamed } from '../input.ts';
import { tell } from '../tell.ts';
import { fontCoverage } from './fontCoverage.ts';

const WASM = '@resvg/resvg-wasm/index_bg.wasm';

/**
 * The weights that the SVG's style asks for, in a typeface from its list of families. System fonts are not read, so that equal
 * pictures give equal bytes on every machine.
 */
const FONTS = [
  '@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf',
  '@expo-google-fonts/roboto/500Medium/Roboto_500Medium.ttf',
  '@expo-google-fonts/roboto/600SemiBold/Roboto_600SemiBold.ttf',
];

const MISSING =
  'PNG needs the packages @resvg/resvg-wasm and @expo-google-fonts/roboto, and this copy of the command line comes without them, as the one in the extension does: choose Export, PNG in the preview; or use the command line of a checkout, where `npm ci` installs them; or have an SVG of one theme converted: `moeplan graph FILE --format svg --theme light | rsvg-convert -o graph.png`';

export interface Png {
  readonly bytes: Uint8Array;
  /** Characters that no font has a glyph for, each once. They are drawn as empty boxes. */
  readonly unknown: readonly string[];
}

/** In bytes. A font of Chinese, Japanese and Korean in all weights has some 120 MB. */
const LARGEST_FONT = 256 * 2 ** 20;

/** Draws an SVG with the colours of one theme, at the wanted width in pixels. */
export type DrawPng = (svg: string, wanted?: number) => Png;

/**
 * Starts WebAssembly, once in a process, and returns what draws. `fontFiles` are asked for characters that Roboto does not have.
 * `enlarging` are options of the command that make its picture larger.
 *
 * @throws CannotRun where the packages that draw are not installed or a font cannot be read. The drawing itself throws it where
 * the picture would be too large to be legible, or where resvg fails.
 */
export async function pngDrawer(
  fontFiles: readonly string[] = [],
  enlarging: readonly string[] = [],
): Promise<DrawPng> {
  const [wasm, ...roboto] = installed([WASM, ...FONTS]);
  const namedFonts = fontFiles.map((file) => ({ file, bytes: new Uint8Array(readNamed(file, LARGEST_FONT).bytes) }));
  const coverages = [...roboto.slice(0, 1).map(fontCoverage), ...namedFonts.map(coverageOf)];
  const fontBuffers = [...roboto, ...namedFonts.map(({ bytes }) => bytes)];
  // The package is left out of the bundle: it is installed beside the command line or missing.
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await initWasm(wasm ?? new Uint8Array());
  return (svg, wanted) => {
    const { width, height } = sizeOf(svg);
    const scale = scaleOf(width, height, wanted && wanted / width);
    if (scale === undefined) {
      const size = wanted === undefined ? 'as PNG' : `${wanted} pixels wide`;
      const options = wanted === undefined ? enlarging : [...enlarging, '--width'];
      throw new CannotRun(`the picture is ${width} x ${height} and would not be legible ${size}; ${instead(options)}`);
    }
    const fitTo = { mode: 'width', value: Math.round(width * scale) } as const;
    const unknown = charactersOf(svg).filter(
      (character) => !coverages.some((covers) => covers(character.codePointAt(0) ?? 0)),
    );
    try {
      // WebAssembly has its own memory. What is not freed stays there until the process ends.
      const picture = new Resvg(svg, { fitTo, font: { fontBuffers, defaultFontFamily: 'Roboto' } });
      const image = picture.render();
      const bytes = image.asPng();
      image.free();
      picture.free();
      return { bytes, unknown };
    } catch (error) {
      // After a fault or a lack of memory inside, WebAssembly says only `unreachable`.
      throw new CannotRun(`resvg cannot draw this picture (${String(error)}); ${instead(enlarging)}`);
    }
  };
}

/** What can be done instead of a PNG. Only options that were given can be left out. */
function instead(options: readonly string[]): string {
  return options.length === 0 ? 'write SVG, DOT or JSON' : `write SVG, or leave out ${options.join(' and ')}`;
}

/** Says on standard error which characters of a picture cannot be read, and what to do. */
export function tellUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 10).join(' ');
  const more = unknown.length > 10 ? ` and ${unknown.length - 10} more` : '';
  tell(
    `warning: no font has ${shown}${more}: drawn as empty boxes; name a font file that has them with --font, or write SVG`,
  );
}

function coverageOf({
  file,
  bytes,
}: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): (character: number) => boolean {
  try {
    return fontCoverage(bytes);
  } catch (error) {
    if (error instanceof RangeError)
      throw new CannotRun(`${file} is no TrueType or OpenType font; name a .ttf, .otf or .ttc file with --font`);
    throw error;
  }
}

/** Characters of the text that an SVG shows, each once, in order. */
function charactersOf(svg: string): readonly string[] {
  const text = svg.replace(/<style>[^<]*<\/style>/g, '').replace(/<[^>]*>/g, '');
  return [...new Set(text)].filter((character) => character.trim() !== '').sort();
}

/** The contents of files from packages, found from where the running bundle lies. */
function installed(files: readonly string[]): readonly Uint8Array<ArrayBuffer>[] {
  const { resolve } = createRequire(import.meta.url);
  try {
    return files.map((file) => new Uint8Array(readFileSync(resolve(file))));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') throw new CannotRun(MISSING);
    throw error;
  }
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (width === undefined || height === undefined) throw new Error('the SVG does not say how large it is');
  return { width: Number(width), height: Number(height) };
}
