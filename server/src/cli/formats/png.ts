import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { scaleOf } from '../../graph/pixels.ts';
import { CannotRun } from '../load.ts';

const WASM = '@resvg/resvg-wasm/index_bg.wasm';

/**
 * The weights that the SVG's style asks for, of a face that its list of families has. System fonts are not read: equal
 * pictures give equal bytes on every machine.
 */
const FONTS = [
  '@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf',
  '@expo-google-fonts/roboto/500Medium/Roboto_500Medium.ttf',
  '@expo-google-fonts/roboto/600SemiBold/Roboto_600SemiBold.ttf',
];

const MISSING =
  'PNG needs the packages @resvg/resvg-wasm and @expo-google-fonts/roboto, and this copy of the command line comes without them, as the one in the extension does: choose Export, PNG in the preview; or use the command line of a checkout, where `npm ci` installs them; or have an SVG of one theme converted: `moeplan graph FILE --format svg --theme light | rsvg-convert -o graph.png`';

/**
 * The PNG of an SVG with the colours of one theme. A process can make one only: WebAssembly is started here.
 *
 * @throws CannotRun where the packages that draw are not installed, the picture is too large to be read, or they fail.
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const [wasm, ...fontBuffers] = installed([WASM, ...FONTS]);
  const { width, height } = sizeOf(svg);
  const scale = scaleOf(width, height);
  if (scale === undefined)
    throw new CannotRun(
      `the picture is ${width} x ${height} and would not be legible as PNG; write SVG, or draw equal GPUs and layers once with --fold`,
    );
  // Left out of the bundle: the package stays beside the command line, or is missing as its WebAssembly is.
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await initWasm(wasm ?? new Uint8Array());
  const fitTo = { mode: 'width', value: Math.ceil(width * scale) } as const;
  try {
    return new Resvg(svg, { fitTo, font: { fontBuffers, defaultFontFamily: 'Roboto' } }).render().asPng();
  } catch (error) {
    // A fault or a lack of memory inside ends WebAssembly with nothing but `unreachable`.
    throw new CannotRun(`resvg cannot draw this picture (${String(error)}); write SVG, or draw less of it with --fold`);
  }
}

/** The files of packages, as they are resolved from the running bundle. */
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
