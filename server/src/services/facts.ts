import { modelFigures } from '../cost/figures/model.ts';
import { formatFigure } from '../cost/format.ts';
import { formatBytes, formatValue } from '../cost/numbers.ts';
import type { Entity, Value } from '../language/entity.ts';
import { Memo } from '../language/memo.ts';
import type { Model } from '../plan/model.ts';
import { clusterOf, modelOf } from '../plan/resolve/plan.ts';
import { numberOf, targetOf } from '../plan/values.ts';

/** Cached, because facts follow from the entity alone. */
const lineOfEntities = new Memo<Entity, string>();

/** What distinguishes a block from others of its kind, in one line: `80 GiB, 3.35 TB/s, 989 TFLOP/s in bf16`. */
export function factsLine(entity: Entity): string {
  const cachedLine = lineOfEntities.get(entity);
  if (cachedLine !== undefined) return cachedLine;
  const line = factsOf(entity).join(', ');
  lineOfEntities.set(entity, line);
  return line;
}

function factsOf(entity: Entity): readonly string[] {
  const number = (name: string, write: (value: number) => string) => {
    const value = numberOf(entity, name);
    return value === undefined ? [] : [write(value)];
  };
  switch (entity.keyword) {
    case 'gpu':
      return [
        ...number('memory', formatBytes),
        ...number('bandwidth', bandwidth),
        ...number('bf16', (value) => `${formatValue(value, 'FLOP')}/s in bf16`),
      ];
    case 'node':
      return [
        ...number('gpus', (value) => `${value} x ${targetOf(entity, 'gpu')?.name ?? 'GPU'}`),
        ...number('scale-up', (value) => `${bandwidth(value)} between them`),
        ...number('scale-out', (value) => `${bandwidth(value)} to other nodes`),
      ];
    case 'cluster': {
      const cluster = clusterOf(entity);
      return cluster
        ? [
            cluster.gpuCount === 1 ? '1 GPU' : `${cluster.gpuCount} GPUs`,
            `${cluster.nodeCount} x ${cluster.groups.map(({ node }) => node.name).join(', ')}`,
          ]
        : [];
    }
    case 'model':
      return modelFacts(entity);
    case 'workload':
      return [...entity.properties.values()].slice(0, 3).map(({ spec, value }) => `${spec.name} ${plain(value)}`);
    default:
      return [...entity.properties.values()]
        .slice(0, 3)
        .map(({ spec, target, value }) => `${spec.name} ${target?.name ?? plain(value)}`);
  }
}

/** `bf16`, or `bf16 with experts in mxfp4`: in a mixture of experts most bytes are those of the experts. */
function typesText({ types: { weights, experts }, classes }: Model): string {
  const hasExperts = classes.some(({ feedForward }) => feedForward.kind === 'moe');
  return hasExperts && experts !== weights ? `${weights} with experts in ${experts}` : weights;
}

function modelFacts(entity: Entity): readonly string[] {
  const model = modelOf(entity);
  if (!model) return [];
  const { parameters, active, weights } = modelFigures(model);
  return [
    `${formatFigure(parameters)} parameters`,
    ...(active.value < parameters.value ? [`${formatFigure(active)} active`] : []),
    `${model.layers.length} layers`,
    `${formatFigure(weights)} in ${typesText(model)}`,
  ];
}

/** Writes a bandwidth in powers of ten, as is usual. */
function bandwidth(bytesPerSecond: number): string {
  return bytesPerSecond >= 1e12
    ? `${Number((bytesPerSecond / 1e12).toPrecision(3))} TB/s`
    : `${Number((bytesPerSecond / 1e9).toPrecision(3))} GB/s`;
}

function plain(value: Value): string {
  switch (value.kind) {
    case 'quantity':
      return value.value.toLocaleString('en-US', { maximumFractionDigits: 3 });
    case 'word':
    case 'text':
      return value.text;
    case 'range':
      return `${value.from}..${value.to}`;
    case 'application':
      return `${value.word} ${plain(value.argument)}`;
    case 'list':
      return value.items.map(plain).join(', ');
  }
}
