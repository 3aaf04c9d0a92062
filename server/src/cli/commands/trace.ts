import type { Shipped } from '../../host/shipped.ts';
import { chromeTrace } from '../../services/timeline/trace.ts';
import { evaluationNamed, Loader, refuseInput, write } from '../load.ts';

interface TraceOptions {
  readonly deployment?: string;
  readonly output?: string;
}

export function trace(file: string, { deployment, output }: TraceOptions, shipped: Shipped): void {
  refuseInput(file, output);
  write(chromeTrace(evaluationNamed(new Loader(shipped).load(file), file, deployment)), output);
}
