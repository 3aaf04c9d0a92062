import type { NodeKind } from '../../../server/src/graph/types.ts';
import type { PreviewModel, PreviewNode, PreviewPicture } from '../../../server/src/services/preview/protocol.ts';
import { modelOf } from '../../page/plans.ts';

const KINDS: readonly NodeKind[] = ['compute', 'compute', 'communication', 'routing', 'compute', 'aggregation', 'gate'];

/** A picture of so many nodes in the shape of the canvas, each joined with the next of its row and some of the next row. */
export function pictureOf(count: number): PreviewPicture {
  const columns = Math.round(Math.sqrt(count * 1.2));
  const [across, down] = [170, 92];
  const at = (index: number) => [(index % columns) * across, Math.floor(index / columns) * down] as const;
  const nodes = Array.from({ length: count }, (_, index): PreviewNode => {
    const heat = ((index * 37) % 100) / 100;
    return {
      id: `n${index}`,
      label: `operation ${index}`,
      kind: KINDS[index % KINDS.length] ?? 'compute',
      gpus: [index % 64],
      copies: 1,
      layers: [index % 61],
      experts: [],
      input: '[batch=8]',
      output: '[batch=8]',
      lines: ['1.2 ms'],
      facts: [],
      heat: { time: heat, bytes: heat, memory: heat },
      critical: Math.floor(index / columns) === 3,
    };
  });
  const pairs = nodes.flatMap((_, index) => [
    ...((index + 1) % columns === 0 || index + 1 >= count ? [] : [[index, index + 1] as const]),
    ...(index % 5 === 0 && index + columns < count ? [[index, index + columns] as const] : []),
  ]);
  return {
    topology: {
      digest: `topology ${count}`,
      nodes,
      edges: pairs.map(([from, to]) => ({
        id: `n${from}>n${to}`,
        from: `n${from}`,
        to: `n${to}`,
        kind: 'data',
        critical: (nodes[from]?.critical ?? false) && (nodes[to]?.critical ?? false),
      })),
      groups: Array.from({ length: Math.ceil(count / columns) }, (_, row) => ({
        id: `row ${row}`,
        kind: 'layer',
        label: `Layer ${row}`,
        depth: 0,
      })),
    },
    positions: {
      digest: `positions ${count}`,
      width: columns * across,
      height: Math.ceil(count / columns) * down,
      nodes: nodes.flatMap((_, index) => [...at(index), 140, 64]),
      groups: Array.from({ length: Math.ceil(count / columns) }, (_, row) => [
        -10,
        row * down - 10,
        columns * across,
        84,
      ]).flat(),
      edges: pairs.map(([from, to]) => {
        const [[x0, y0], [x1, y1]] = [at(from), at(to)];
        return [x0 + 140, y0 + 32, x1 - 15, y0 + 32, x1 - 15, y1 + 32, x1, y1 + 32];
      }),
    },
  };
}

/** A model with one deployment, which has this picture and no smaller one. */
export function modelWith(picture: PreviewPicture): PreviewModel {
  const model = modelOf('deployment-analysis');
  const [first] = model.deployments;
  if (!first) throw new Error('the example is not computed');
  const { overview: _, ...deployment } = first;
  return { ...model, names: [first.name], deployments: [{ ...deployment, ...picture }] };
}
