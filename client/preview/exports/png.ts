import { scaleOf } from '../../../server/src/graph/pixels.ts';

/**
 * The PNG of an SVG in base64. It is drawn off the screen, from the whole scene, whatever part of it the panel shows.
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

/** The text is built in parts, because a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
