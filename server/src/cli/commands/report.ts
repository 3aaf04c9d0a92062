import { dirname, join } from 'node:path';
import type { Shipped } from '../../host/shipped.ts';
import type { Analysis } from '../../services/analysis.ts';
import { type PictureNames, picturesBeside, report, reportPictures } from '../../services/report.ts';
import { CannotRun, Loader, refuseInput, write } from '../load.ts';

export const PICTURE_FORMATS = ['svg', 'png'] as const;

export interface ReportOptions {
  readonly output?: string;
  /** False for none. */
  readonly pictures?: (typeof PICTURE_FORMATS)[number] | false;
  readonly font?: readonly string[];
  /** Pixels of pictures in PNG from left to right. */
  readonly width?: number;
}

/** Into a file with the pictures of its deployments beside it; standard output has no place for pictures. */
export async function reportFile(
  file: string,
  { output, pictures, font, width }: ReportOptions,
  shipped: Shipped,
): Promise<void> {
  if (pictures && output === undefined)
    throw new CannotRun('--pictures writes files beside the report: name the report with -o, or leave the option out');
  if (font !== undefined && pictures !== 'png')
    throw new CannotRun('--font is for pictures in PNG: add --pictures png, or leave it out');
  if (width !== undefined && pictures !== 'png')
    throw new CannotRun('--width is for pictures in PNG: add --pictures png, or leave it out');
  refuseInput(file, output);
  const analysis = new Loader(shipped).load(file);
  if (output === undefined || pictures === false) {
    write(report(analysis), output);
    return;
  }
  const format = pictures ?? 'svg';
  const names = picturesBeside(output, format);
  // All is drawn before anything is written: what cannot be drawn leaves no report without its pictures.
  const drawn = await draw(analysis, names, format, { font, width });
  write(report(analysis, names), output);
  for (const [name, content] of drawn) write(content, join(dirname(output), name));
}

async function draw(
  analysis: Analysis,
  names: PictureNames,
  format: (typeof PICTURE_FORMATS)[number],
  { font, width }: { readonly font: readonly string[] | undefined; readonly width: number | undefined },
): Promise<readonly (readonly [name: string, content: string | Uint8Array])[]> {
  if (format === 'svg') return reportPictures(analysis, names);
  const { pngDrawer, tellUnknown } = await import('../formats/png.ts');
  const drawPng = await pngDrawer(font);
  const made = reportPictures(analysis, names, 'light').map(([name, svg]) => [name, drawPng(svg, width)] as const);
  tellUnknown([...new Set(made.flatMap(([, { unknown }]) => unknown))].sort());
  return made.map(([name, { bytes }]) => [name, bytes]);
}
