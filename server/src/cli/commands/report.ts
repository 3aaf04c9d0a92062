import { dirname, join } from 'node:path';
import type { Shipped } from '../../host/shipped.ts';
import { picturesBeside, report, reportPictures } from '../../services/report.ts';
import { Loader, write } from '../load.ts';

interface ReportOptions {
  readonly output?: string;
  readonly pictures?: boolean;
}

/** Into a file with the pictures of its deployments beside it; standard output has no place for pictures. */
export function reportFile(file: string, { output, pictures = true }: ReportOptions, shipped: Shipped): void {
  const analysis = new Loader(shipped).load(file);
  if (output === undefined || !pictures) {
    write(report(analysis), output);
    return;
  }
  const names = picturesBeside(output);
  write(report(analysis, names), output);
  for (const [name, svg] of reportPictures(analysis, names)) write(svg, join(dirname(output), name));
}
