import { expertsFigure } from '../../cost/figures/model.ts';
import { formatFigure } from '../../cost/format.ts';
import { expertsOf } from '../../cost/parameters/parameters.ts';
import type { Value } from '../../language/entity.ts';
import type { Span } from '../../language/span.ts';
import type { BlockNode, EntryNode, ImportNode, LetNode, PlacementNode } from '../../language/tree.ts';
import { modelOf } from '../../plan/resolve/plan.ts';
import { indexesOf } from '../../plan/values.ts';
import { nameLayers } from '../../plan/wording.ts';
import { code, fence, join, type Markdown, md, paragraphs } from '../../text/markdown.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import type { Place } from '../place.ts';
import { subjectOf } from '../subject.ts';
import { modelFacts } from './model.ts';
import { describeConstant } from './name.ts';
import { quantityHover } from './quantity.ts';

/**
 * Describes statements that are neither blocks nor properties of blocks, including their words without a node in the tree.
 */
export function statementHover(
  analysis: Analysis,
  place: Place,
  offset: number,
): { readonly markdown: Markdown; readonly span?: Span } | undefined {
  const statement = place.path.findLast((node) => node.kind !== 'property' && STATEMENTS.has(node.kind));
  const token = analysis.source.tokens.findLast(
    ({ kind, start, end }) => kind !== 'newline' && start <= offset && offset <= end,
  );
  const word = token && analysis.source.text.slice(token.start, token.end);
  const on = (markdown: Markdown | undefined) =>
    markdown === undefined ? undefined : { markdown, ...(token && { span: { start: token.start, end: token.end } }) };
  switch (statement?.kind) {
    case 'import':
      return on(importHover(analysis, statement));
    case 'let':
      return on(letHover(analysis, place, statement));
    case 'placement':
      return { markdown: placementHover(analysis, place, statement), span: statement.span };
    case 'entry':
      return { markdown: entryHover(place, statement), span: statement.span };
    case 'edge':
      return on(word === undefined ? undefined : FLOW.get(word));
    case 'compare':
      return on(word === 'compare' ? COMPARE : undefined);
    case 'block':
      return on(clauseHover(analysis, place, statement, word));
    default:
      return undefined;
  }
}

const STATEMENTS: ReadonlySet<string> = new Set(['import', 'let', 'placement', 'entry', 'edge', 'compare', 'block']);

const FLOW: ReadonlyMap<string, Markdown> = new Map([
  ['->', md`**->**: what the left one computes flows to the right one.`],
  ['input', md`**input**: where data comes into the layer.`],
  ['output', md`**output**: where data leaves the layer.`],
]);

const COMPARE = paragraphs(
  md`**compare**: sets deployments side by side; claims in braces are of the last over the first.`,
  fence('compare baseline, proposed { speedup >= 3.75 }'),
);

const IMPORT = md`**import**: makes the blocks and constants of another file known.`;

function importHover(analysis: Analysis, node: ImportNode): Markdown {
  const link = analysis.program.analyses.get(analysis.uri)?.imports.find((candidate) => candidate.node === node);
  const file = link?.target === undefined ? undefined : analysis.program.analyses.get(link.target);
  if (!file) return paragraphs(IMPORT, 'No such file.');
  const names = [
    ...file.entities.flatMap(({ keyword, name }) => (name ? [md`${keyword} ${code(name)}`] : [])),
    ...file.lets.map(({ name }) => md`let ${code(name)}`),
  ];
  const shown = join(names.slice(0, MOST_NAMES), ', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return paragraphs(IMPORT, names.length > 0 ? md`Brings ${shown}${more}.` : 'The file defines nothing.');
}

const MOST_NAMES = 12;

function letHover(analysis: Analysis, place: Place, node: LetNode): Markdown {
  const number = place.path.findLast((inner) => inner.kind === 'number');
  const quantity = number?.kind === 'number' ? quantityHover(number) : undefined;
  const constant = analysis.program.analyses.get(analysis.uri)?.lets.find((candidate) => candidate.node === node);
  const text = constant ? describeConstant(constant) : md`**let**: a constant, usable wherever a value may stand.`;
  return paragraphs(quantity, text);
}

/** Which experts lie on which GPUs, and their size there. */
function placementHover(analysis: Analysis, { blocks, block }: Place, node: PlacementNode): Markdown {
  const placed = block?.entity?.placements.find((candidate) => candidate.node === node);
  const intro = md`**expert**: places routed experts by hand.`;
  if (!placed) return intro;
  const [experts, gpus] = [indexesOf(placed.experts), indexesOf(placed.gpus)];
  const layers = placed.layers ? `layer ${nameLayers(indexesOf(placed.layers))}` : 'each layer';
  const subject = subjectOf(analysis, blocks);
  const model = subject?.draft.model;
  const etp = subject?.pools[0]?.pool.parallel.etp ?? 1;
  const perGpu = Math.ceil(experts.length / Math.max(1, gpus.length));
  const weight = model && expertsOf(model) && expertsFigure(model, perGpu, etp);
  return paragraphs(
    intro,
    `Experts ${nameLayers(experts)} of ${layers} on ${gpus.length === 1 ? 'GPU' : 'GPUs'} ${nameLayers(gpus)}: ${perGpu} on each GPU.`,
    weight && weight.value > 0 ? `${formatFigure(weight)} per GPU and layer.` : undefined,
  );
}

function entryHover({ block }: Place, node: EntryNode): Markdown {
  const entry = block?.entity?.entries.find((candidate) => candidate.node === node);
  if (!entry) return paragraphs('Layers of a class: `0..2 = dense`. Later lines override earlier ones.');
  const layers = indexesOf(entry.range);
  const words = join(wordsOf(entry.value).map(code), ', ');
  return paragraphs(
    md`${layers.length} ${layers.length === 1 ? 'layer' : 'layers'} (${nameLayers(layers)}): ${words}.`,
    'Later lines override earlier ones.',
  );
}

function wordsOf(value: Value): readonly string[] {
  if (value.kind === 'list') return value.items.flatMap(wordsOf);
  return value.kind === 'word' ? [value.text] : [];
}

/** `extends` and `from` in the header of a block, and the path behind `from`. */
function clauseHover(
  analysis: Analysis,
  { node }: Place,
  block: BlockNode,
  word: string | undefined,
): Markdown | undefined {
  const entity = entityOfBlock(analysis, block);
  if (word === 'extends' && block.base && node === block) {
    const base = code(block.base.text);
    const stated = block.items.flatMap((item) => (item.kind === 'property' ? [code(item.key.text)] : []));
    return paragraphs(
      md`**extends**: takes over everything of ${base} that this block does not state itself.`,
      stated.length > 0 ? md`Stated here: ${join(stated, ', ')}.` : undefined,
    );
  }
  const isPath = node === block.from;
  if (!block.from || !(isPath || (word === 'from' && node === block))) return undefined;
  if (block.keyword.text === 'deployment')
    return md`**from**: reads the launch ${code(block.from.text)}; what the block states comes on top. Nothing in it is executed.`;
  const model = entity && modelOf(entity);
  return paragraphs(
    md`**from**: reads the Hugging Face config ${code(block.from.text)}; what the block states comes on top.`,
    model ? modelFacts(model) : 'Nothing is known of the model: the config could not be read or does not say enough.',
  );
}
