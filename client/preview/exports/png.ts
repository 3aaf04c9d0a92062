/** Pixels for each unit of the picture, where it is not too large for that. */
const SCALE = 2;
/** What browsers draw at most: pixels of a side, and in all. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120_000_000;
/** Below this scale text cannot be read any more. */
const LEAST_SCALE = 0.5;

/** How large a picture is drawn, or nothing where it would be too large to be read. */
export function scaleOf(width: number, height: number): number | undefined {
  const scale = Math.min(SCALE, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  return scale >= LEAST_SCALE ? scale : undefined;
}

/**
 * The PNG of an SVG in base64, drawn off the screen: from the scene, whatever of it the panel shows.
 *
 * @throws an Error with a reason to show where the picture is too large or cannot be drawn.
 */
export async function pngOf(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = scaleOf(width, height);
  if (scale === undefined)
    throw new Error(`the picture is ${width} x ${height} and would not be legible; export SVG, or fold equal GPUs`);
  const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this window cannot draw');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return base64(bytes);
}

/** In parts: a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
