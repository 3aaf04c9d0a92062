import { formatHeld, mostHeldIn } from '../../cost/figures/heldExperts.ts';
import { expertsFigure } from '../../cost/figures/model.ts';
import { formatFigure } from '../../cost/format.ts';
import { expertsOf } from '../../cost/parameters/parameters.ts';
import type { BlockNode } from '../../language/tree.ts';
import { shapeOf } from '../../plan/attention.ts';
import { levelOf } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { groupsOf } from '../../plan/ranks.ts';
import { indexesOf } from '../../plan/values.ts';
import { nameGpus, nameLayers } from '../../plan/wording.ts';
import { bold, type Markdown, md, paragraphs, type Text, table } from '../../text/markdown.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { memoryOf, type Subject, subjectOf } from '../subject.ts';
import { cannotCompute } from './deployment.ts';
import { memoryTable } from './memoryTable.ts';

/** On `gpus = 0..7`: what lies on them and their memory. */
export function gpusHover(analysis: Analysis, blocks: readonly BlockNode[]): Markdown | undefined {
  const subject = subjectOf(analysis, blocks);
  const block = blocks.at(-1);
  const entity = block && entityOfBlock(analysis, block);
  if (!subject || !entity) return undefined;
  const gpus = indexesOf(entity.properties.get('gpus')?.value);
  const count = `${gpus.length} GPUs`;
  if (!subject.sizes) return paragraphs(count, cannotCompute(subject));
  const holds = subject.stage ? `: stage ${subject.stage.name}, layers ${nameLayers(subject.stage.layers)}` : '';
  return paragraphs(`${count}${holds}.`, memoryTable(memoryOf(subject)));
}

/** On `tp = 8`: what one GPU holds because of it, how it was derived, and which links its traffic uses. */
export function degreeHover(analysis: Analysis, blocks: readonly BlockNode[], name: string): Markdown | undefined {
  const subject = subjectOf(analysis, blocks);
  const pool = subject?.pools[0]?.pool;
  if (!subject || !pool) return undefined;
  if (name === '') return degreesTable(pool);
  return paragraphs(shardText(subject, pool, name), levelText(subject, pool, name));
}

function degreesTable(pool: Pool): Markdown {
  const degrees = ['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'] as const;
  return table(
    ['Degree', '', 'Why'],
    degrees.map((degree) => [degree, String(pool.parallel[degree]), pool.derived[degree] ?? 'as written']),
    ['left', 'right'],
  );
}

function shardText(subject: Subject, pool: Pool, name: string): Text | undefined {
  const { model, parallel, stages } = pool;
  switch (name) {
    case 'tp':
      return tensorShard(pool);
    case 'ep':
    case 'etp':
    case 'edp':
      return expertShard(pool);
    case 'pp':
      return paragraphs(
        `${model.layers.length} layers in ${stages.length} stages:`,
        table(
          ['Stage', 'Layers', 'GPUs'],
          stages.map((stage) => [stage.name, nameLayers(stage.layers), nameGpus(stage.gpus.toSorted((a, b) => a - b))]),
        ),
      );
    case 'dp':
      return `${parallel.dp} groups of ${parallel.tp * parallel.cp} GPUs, each with its own sequences and a whole copy of attention.`;
    case 'cp':
      return `Each sequence is split into ${parallel.cp} parts.`;
    case 'micro-batches':
      return `${parallel.microBatches} micro-batches per step${subject.draft.workload.kind === 'training' ? ` of ${subject.draft.workload.microBatch} sequences each` : ''}.`;
    default:
      return undefined;
  }
}

function tensorShard({ model, parallel }: Pool): Markdown {
  const { tp } = parallel;
  const lines: Text[] = [];
  for (const attention of new Set(model.classes.map((layerClass) => layerClass.attention))) {
    const shape = shapeOf(attention);
    if (!shape) continue;
    const { heads, queryWidth, kvHeads } = shape;
    const ownHeads = heads / tp;
    lines.push(
      md`${bold(`${heads} heads / ${tp} = ${ownHeads} heads per GPU`)}, ${ownHeads * queryWidth} columns of the query projection.`,
    );
    if (kvHeads !== undefined) {
      lines.push(
        kvHeads >= tp
          ? `${kvHeads} KV heads / ${tp} = ${kvHeads / tp} per GPU.`
          : `${kvHeads} KV heads for ${tp} GPUs: each head is replicated on ${tp / kvHeads} GPUs.`,
      );
    }
  }
  for (const { feedForward } of model.classes) {
    if (feedForward.kind === 'dense')
      lines.push(`Dense FFN: ${feedForward.ffn} / ${tp} = ${feedForward.ffn / tp} columns per GPU.`);
  }
  return paragraphs(...lines);
}

function expertShard(pool: Pool): Text {
  const { model, parallel, stages } = pool;
  const experts = expertsOf(model);
  if (!experts) return 'The model has no experts.';
  const { etp, ep, edp } = parallel;
  const one = formatFigure(expertsFigure(model, 1));
  const rows = stages.map((stage) => {
    const held = mostHeldIn(stage);
    return [stage.name, formatHeld(held), formatFigure(expertsFigure(model, held.inAll, etp))];
  });
  return paragraphs(
    etp > 1
      ? `Each expert is split over ${etp} GPUs: FFN ${experts.ffn} / ${etp} = ${experts.ffn / etp} columns, ${formatFigure(expertsFigure(model, 1, etp))} of ${one} on each.`
      : `Experts are whole: FFN ${experts.ffn}, ${one} each.`,
    `${experts.count} experts per layer / ep ${ep}; ${edp === 1 ? 'one copy' : `${edp} copies`} of each.`,
    table(['Stage', 'Experts per GPU', 'Expert memory per GPU'], rows, ['left', 'right', 'right']),
  );
}

const LEVELS = {
  gpu: 'It stays on one GPU.',
  'scale-up': 'Its traffic stays in one scale-up domain.',
  'scale-out': 'Its traffic crosses the network between nodes.',
  rack: 'Its traffic crosses racks.',
} as const;

function levelText({ draft }: Subject, pool: Pool, name: string): string | undefined {
  if (name !== 'tp' && name !== 'cp' && name !== 'etp' && name !== 'ep') return undefined;
  const groups = pool.stages.flatMap((stage) => groupsOf(pool, stage, name));
  const existing = groups.filter((group) => group.every((gpu) => gpu < draft.cluster.gpuCount));
  const order = ['gpu', 'scale-up', 'scale-out', 'rack'] as const;
  const worst = existing
    .map((group) => order.indexOf(levelOf(draft.cluster, group)))
    .reduce((a, b) => Math.max(a, b), 0);
  return LEVELS[order[worst] ?? 'gpu'];
}
