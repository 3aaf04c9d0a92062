import type { Shipped } from '../../host/shipped.ts';
import { chromeTrace } from '../../services/timeline/trace.ts';
import { evaluationNamed, filesOf, Loader } from '../load.ts';
import { refuseInputs, write } from '../output.ts';

interface TraceOptions {
  readonly deployment?: string;
  readonly output?: string;
}

export function trace(file: string, { deployment, output }: TraceOptions, shipped: Shipped): void {
  const analysis = new Loader(shipped).load(file);
  const inputs = filesOf(file, analysis);
  if (output !== undefined) refuseInputs([{ file: output }], inputs);
  write(chromeTrace(evaluationNamed(analysis, file, deployment)), output, inputs);
}
