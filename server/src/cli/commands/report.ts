import type { Shipped } from '../../host/shipped.ts';
import { report } from '../../services/report.ts';
import { Loader, write } from '../load.ts';

export function reportFile(file: string, output: string | undefined, shipped: Shipped): void {
  write(report(new Loader(shipped).load(file)), output);
}
