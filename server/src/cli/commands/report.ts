import { dirname, join } from 'node:path';
import type { Shipped } from '../../host/shipped.ts';
import type { Analysis } from '../../services/analysis.ts';
import { type PictureNames, picturesBeside, report, reportPictures } from '../../services/outputs/report.ts';
import { CannotRun } from '../cannotRun.ts';
import { filesOf, Loader } from '../load.ts';
import { isStream, refuseInputs, write, writeFiles } from '../output.ts';

export const PICTURE_FORMATS = ['svg', 'png'] as const;

export interface ReportOptions {
  readonly output?: string;
  /** False stands for no pictures. */
  readonly pictures?: (typeof PICTURE_FORMATS)[number] | false;
  readonly font?: readonly string[];
  /** The width of PNG pictures in pixels. */
  readonly width?: number;
}

/**
 * Writes the report to a file, with the pictures of its deployments beside it. Beside standard output, a pipe or a device there
 * is no place for pictures.
 */
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
  const analysis = new Loader(shipped).load(file);
  const inputs = [...filesOf(file, analysis), ...(font ?? [])];
  const hasPlace = output !== undefined && !isStream(output);
  if (pictures && !hasPlace)
    throw new CannotRun(
      `--pictures writes files beside the report, and ${output} is no file: name one, or leave it out`,
    );
  if (!hasPlace || pictures === false) {
    write(report(analysis), output, inputs);
    return;
  }
  refuseInputs([{ file: output }], inputs);
  const format = pictures ?? 'svg';
  const names = picturesBeside(output, format);
  // Everything is drawn before anything is written, so that a failed drawing leaves no report without its pictures.
  const drawn = await draw(analysis, names, format, { font, width });
  const besides = drawn.map(([name, content]) => ({ file: join(dirname(output), name), content }));
  writeFiles([{ file: output, content: report(analysis, names) }, ...besides], inputs);
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
  const drawnPictures = reportPictures(analysis, names, 'light').map(
    ([name, svg]) => [name, drawPng(svg, width)] as const,
  );
  tellUnknown([...new Set(drawnPictures.flatMap(([, { unknown }]) => unknown))].sort());
  return drawnPictures.map(([name, { bytes }]) => [name, bytes]);
}
