import type { Shipped } from '../../host/shipped.ts';
import { exportGraph, type GraphFormat } from '../../services/export.ts';
import { evaluationNamed, Loader, write } from '../load.ts';

interface GraphOptions {
  readonly deployment?: string;
  readonly format: GraphFormat;
  readonly fold?: boolean;
  readonly output?: string;
}

export function graph(file: string, { deployment, format, fold, output }: GraphOptions, shipped: Shipped): void {
  const evaluation = evaluationNamed(new Loader(shipped).load(file), file, deployment);
  const folded = fold ? ({ gpus: 'folded', layers: 'folded', experts: 'grouped' } as const) : {};
  const text = exportGraph(evaluation, format, folded);
  write(text.endsWith('\n') ? text : `${text}\n`, output);
}
