import type { TextEdit } from '../../language/diagnostic.ts';
import type { BlockNode, EdgeNode, Item } from '../../language/tree.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { numberOf } from '../../plan/values.ts';
import { writeIndexes } from '../../plan/wording.ts';
import type { Analysis } from '../analysis.ts';
import { propertiesIn } from '../blocks.ts';
import { subjectOf } from '../subject.ts';
import { indentAt, newlineOf, type Refactoring } from './refactoring.ts';

/**
 * Splits the stage at the cursor in two, with half the layers and GPUs each, and adapts arrows and `pp`. All stages of a
 * pool have equally many GPUs, so when there are several, each of them is split. It is offered only when the stated degrees
 * leave room for half the GPUs.
 */
export function splitStage(analysis: Analysis, blocks: readonly BlockNode[]): readonly Refactoring[] {
  const subject = subjectOf(analysis, blocks);
  const holder = blocks.at(-2);
  const [part] = subject?.pools ?? [];
  if (blocks.at(-1)?.keyword.text !== 'stage' || !subject?.resolved.deployment || !holder || !part) return [];
  const { pool, source } = part;
  const split = pool.stages.map((stage) => ({ stage, node: source.stages[stage.index]?.entity?.node }));
  // Stages that a base or another block writes cannot be changed here.
  if (!split.every(({ node }) => node && holder.items.includes(node))) return [];
  if (
    !split.every(({ stage, node }) => canSplit(stage, node)) ||
    !hasRoom(pool, (name) => numberOf(source.parallel, name))
  )
    return [];
  const pp = source.parallel && propertiesIn(source.parallel.node).find(({ key }) => key.text === 'pp');
  if (pp && source.parallel?.uri !== analysis.uri) return [];
  const title =
    split.length === 1
      ? `Split stage \`${pool.stages[0]?.name ?? ''}\` in two`
      : `Split each of the ${split.length} stages in two`;
  return [
    {
      title,
      kind: 'refactor.rewrite',
      edits: [
        ...split.flatMap(({ stage, node }) => (node ? [halves(analysis, stage, node)] : [])),
        ...arrows(analysis, holder, pool.stages),
        ...(pp ? [{ uri: analysis.uri, span: pp.value.span, text: String(pool.stages.length * 2) }] : []),
      ],
    },
  ];
}

/** Whether the stage has nothing but layers and GPUs, and both can be halved. */
function canSplit({ layers, gpus }: Stage, node: BlockNode | undefined): boolean {
  const isPlain = node?.items.every((item) => item.kind === 'property' && ['layers', 'gpus'].includes(item.key.text));
  return isPlain === true && layers.length >= 2 && gpus.length >= 2 && gpus.length % 2 === 0;
}

/** Whether the stated degrees multiply to half the GPUs, or divide them when one degree is left to be derived. */
function hasRoom({ stages }: Pool, stated: (name: string) => number | undefined): boolean {
  const half = (stages[0]?.gpus.length ?? 0) / 2;
  return [
    ['tp', 'cp', 'dp'],
    ['etp', 'ep', 'edp'],
  ].every((names) => {
    const values = names.map(stated);
    const product = values.reduce<number>((total, value) => total * (value ?? 1), 1);
    return values.includes(undefined) ? half % product === 0 : product === half;
  });
}

/** Replaces a block with two. The first half gets one more layer when their number is odd. */
function halves({ source, uri }: Analysis, { name, layers, gpus }: Stage, node: BlockNode): TextEdit {
  const middle = Math.ceil(layers.length / 2);
  // `gpus` is in rank order, but the text states a set.
  const sorted = gpus.toSorted((a, b) => a - b);
  const parts = [
    { layers: layers.slice(0, middle), gpus: sorted.slice(0, gpus.length / 2) },
    { layers: layers.slice(middle), gpus: sorted.slice(gpus.length / 2) },
  ];
  const written = parts.map(
    (part, index) => `stage ${name}-${index + 1} { layers = ${list(part.layers)}, gpus = ${list(part.gpus)} }`,
  );
  return { uri, span: node.span, text: written.join(`${newlineOf(source)}${indentAt(source, node.span.start)}`) };
}

function list(indexes: readonly number[]): string {
  const runs = writeIndexes(indexes);
  return runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
}

/** `a -> b` becomes `a-1 -> a-2 -> b-1 -> b-2`. A single stage without arrows gets one. */
function arrows({ source, uri }: Analysis, holder: BlockNode, stages: readonly Stage[]): readonly TextEdit[] {
  const names = new Set(stages.map(({ name }) => name));
  const edges = holder.items.filter(
    (item): item is EdgeNode => item.kind === 'edge' && item.path.some(({ text }) => names.has(text)),
  );
  const halved = (name: string) => (names.has(name) ? `${name}-1 -> ${name}-2` : name);
  if (edges.length > 0) {
    // When several lines name a stage, its halves are joined once.
    const joined = new Set<string>();
    return edges.flatMap(({ path }) =>
      path.flatMap((word, index): TextEdit[] => {
        if (!names.has(word.text)) return [];
        const isNew = !joined.has(word.text);
        joined.add(word.text);
        const half = index === 0 && !isNew ? `${word.text}-2` : isNew ? halved(word.text) : `${word.text}-1`;
        return [{ uri, span: word.span, text: half }];
      }),
    );
  }
  const last = holder.items.filter(isStage).at(-1);
  if (!last || stages.length > 1) return [];
  const arrow = `${newlineOf(source)}${indentAt(source, last.span.start)}${halved(stages[0]?.name ?? '')}`;
  return [{ uri, span: { start: last.span.end, end: last.span.end }, text: arrow }];
}

function isStage(item: Item): item is BlockNode {
  return item.kind === 'block' && item.keyword.text === 'stage';
}
