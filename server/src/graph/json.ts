import type { Shape } from '../cost/operation.ts';
import { jsonText } from '../text/json.ts';
import type { Dag } from './types.ts';
import { graphFacts } from './validate.ts';

/** The DAG in the form of schemas/graph.schema.json, with bytes, FLOP and seconds. */
export function toJson(dag: Dag, name: string): string {
  const nodes = dag.mapNodes(
    (
      id,
      {
        label,
        kind,
        gpus,
        copies,
        pool,
        stage,
        layers,
        experts,
        operation,
        input,
        output,
        flop,
        bytes,
        seconds,
        exposedSeconds,
        engineSeconds,
        bound,
        critical,
        operator,
        notPredicted,
      },
    ) => ({
      id,
      label,
      kind,
      gpus,
      copies,
      ...(pool !== undefined && { pool }),
      ...(stage !== undefined && { stage }),
      layers,
      experts,
      operation,
      ...(operator !== undefined && { operator }),
      input: known(input),
      output: known(output),
      flop,
      bytes,
      seconds,
      exposedSeconds,
      ...(engineSeconds !== undefined && { engineSeconds }),
      ...(bound !== undefined && { bound }),
      ...(notPredicted !== undefined && { notPredicted }),
      critical,
    }),
  );
  const edges = dag.mapEdges((_, { kind, shape, bytes }, from, to) => ({
    from,
    to,
    kind,
    shape: known(shape),
    bytes,
  }));
  return `${jsonText({ deployment: name, facts: graphFacts(dag), nodes, edges }, 2)}\n`;
}

/** A size that nothing gives is written by its name alone. */
function known(shape: Shape): readonly { readonly name: string; readonly size?: number }[] {
  return shape.map(({ name, size }) => (size === 0 ? { name } : { name, size }));
}
