import type { Shipped } from '../../host/shipped.ts';
import { inspect } from '../../services/outputs/inspect.ts';
import { jsonText } from '../../text/json.ts';
import { evaluationNamed, Loader } from '../load.ts';

export function inspectFile(file: string, deployment: string | undefined, shipped: Shipped): void {
  const analysis = new Loader(shipped).load(file);
  if (deployment !== undefined) evaluationNamed(analysis, file, deployment);
  process.stdout.write(`${jsonText(inspect(analysis, deployment), 2)}\n`);
}
