import { digits, formatBytes } from '../../cost/numbers.ts';
import type { LetConstant } from '../../language/analysis.ts';
import type { Entity } from '../../language/entity.ts';
import { clusterOf, modelOf } from '../../plan/resolve/plan.ts';
import { fileName } from '../../text/fileName.ts';
import { code, fence, type Markdown, md, paragraphs } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { modelFacts } from './model.ts';

/** Describes a name: its block's first lines, the facts derived from the block, and where it is written. */
export function describeEntity(analysis: Analysis, entity: Entity, withFacts = true): Markdown {
  const isCatalog = analysis.program.analyses.get(entity.uri)?.isCatalog === true;
  const place = isCatalog
    ? 'From the catalogue.'
    : entity.uri === analysis.uri
      ? undefined
      : md`From ${code(fileName(entity.uri))}.`;
  return paragraphs(fence(excerpt(analysis, entity)), withFacts && factsOf(entity), place);
}

export function describeConstant(constant: LetConstant): Markdown {
  const value = constantText(constant);
  return paragraphs(fence(`let ${constant.name}`), value !== '' && md`= ${value}`);
}

/** The value of a constant: `85.9 billion bytes`; empty when it is not a number. */
export function constantText({ value }: LetConstant): string {
  if (value?.kind !== 'quantity') return '';
  return `${digits(value.value)} ${value.dimension === 'number' ? '' : value.dimension}`.trim();
}

function factsOf(entity: Entity): Markdown | undefined {
  if (entity.keyword === 'model') {
    const model = modelOf(entity);
    return model && modelFacts(model);
  }
  if (entity.keyword !== 'cluster') return undefined;
  const cluster = clusterOf(entity);
  const gpu = cluster?.groups[0]?.node.gpu;
  if (!cluster || !gpu) return undefined;
  const memory = formatBytes(gpu.memoryBytes);
  if (cluster.gpuCount === 1) return md`One GPU, ${gpu.name}: ${memory}.`;
  const nodes = cluster.nodeCount === 1 ? 'one node' : `${cluster.nodeCount} nodes`;
  const where = cluster.groups.some(({ node }) => node.gpus > 1) ? ` in ${nodes}` : '';
  return md`${cluster.gpuCount} GPUs${where}; ${gpu.name}: ${memory} each.`;
}

const MOST_LINES = 14;

function excerpt(analysis: Analysis, entity: Entity): string {
  const file = analysis.program.files.get(entity.uri);
  const text =
    file?.text.slice(entity.node.span.start, entity.node.span.end) ?? `${entity.keyword} ${entity.name ?? ''}`;
  const lines = text.split(/\r\n|\n|\r/);
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '  ...', '}'].join('\n') : lines.join('\n');
}
