import { expertsFigure } from '../../cost/figures/model.ts';
import { formatFigure } from '../../cost/format.ts';
import { expertsOf, parametersOf } from '../../cost/parameters/parameters.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import { shapeOf } from '../../plan/attention.ts';
import type { Pool } from '../../plan/deployment.ts';
import { modelOf } from '../../plan/resolve/plan.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { nestedBlocks, propertiesIn } from '../blocks.ts';
import { fullestOf } from '../fit.ts';
import { memoryOf, type Subject, subjectOf } from '../subject.ts';

export const HINT_KINDS = ['degrees', 'memory', 'experts', 'derived'] as const;

export type HintKind = (typeof HINT_KINDS)[number];

/** A short text in the line, after the thing that it concerns. */
export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  readonly kind: HintKind;
  readonly tooltip?: string;
}

/** Shows what follows from the plan beside its cause, for the wanted kinds and in the given range only. */
export function inlayHints(
  analysis: Analysis,
  range: Span,
  wanted: ReadonlySet<HintKind> = new Set(HINT_KINDS),
): readonly InlayHint[] {
  return nestedBlocks(analysis)
    .filter((blocks) => {
      const span = blocks.at(-1)?.span;
      return span && span.start <= range.end && range.start <= span.end;
    })
    .flatMap((blocks) => hintsOf(analysis, blocks))
    .filter(({ offset, kind }) => wanted.has(kind) && range.start <= offset && offset <= range.end)
    .sort((left, right) => left.offset - right.offset)
    .map((hint) => ({ ...hint, label: apart(hint.label) }));
}

/** In brackets, because after `tp = 4` the number of a hint would look like a part of the value. */
function apart(label: string): string {
  return `(${label})`;
}

function hintsOf(analysis: Analysis, blocks: readonly BlockNode[]): readonly InlayHint[] {
  const block = blocks.at(-1);
  switch (block?.keyword.text) {
    case 'experts':
      return expertHints(analysis, blocks, block);
    case 'parallel':
      return parallelHints(analysis.source, subjectOf(analysis, blocks), block);
    case 'deployment':
    case 'pool':
    case 'stage':
      return gpuHints(subjectOf(analysis, blocks), block);
    default:
      return [];
  }
}

function expertHints(analysis: Analysis, [outer]: readonly BlockNode[], block: BlockNode): readonly InlayHint[] {
  const entity = outer && entityOfBlock(analysis, outer);
  const model = entity?.keyword === 'model' ? modelOf(entity) : undefined;
  const experts = model && expertsOf(model);
  if (!model || !experts || !(parametersOf(model).bytesPerExpert > 0)) return [];
  const one = formatFigure(expertsFigure(model, 1));
  const ofLayer = formatFigure(expertsFigure(model, experts.count));
  const tooltip = `One expert weighs ${one} in ${model.types.experts}, the ${experts.count} of a layer ${ofLayer}.`;
  return [
    {
      offset: besideBlock(analysis.source, block),
      label: `${one} each`,
      kind: 'experts',
      tooltip,
    },
  ];
}

function gpuHints(subject: Subject | undefined, block: BlockNode): readonly InlayHint[] {
  const gpus = propertiesIn(block).find(({ key }) => key.text === 'gpus');
  const fullest = subject && gpus && fullestOf(memoryOf(subject));
  if (!fullest) return [];
  return [
    {
      offset: gpus.value.span.end,
      label: fullest.fits ? fullest.text : `${fullest.text}: does not fit`,
      kind: 'memory',
      tooltip: 'Memory of the fullest of these GPUs.',
    },
  ];
}

function parallelHints(source: SourceFile, subject: Subject | undefined, block: BlockNode): readonly InlayHint[] {
  if (!subject) return [];
  const pools = subject.pools.map(({ pool }) => pool);
  const ofDegrees = propertiesIn(block).flatMap(({ key, value }): InlayHint[] => {
    const label = common(pools, (pool) => degreeLabel(pool, key.text));
    return label ? [{ offset: value.span.end, label, kind: 'degrees' }] : [];
  });
  const derived = common(pools, derivedLabel);
  const tooltip = common(pools, ({ derived: reasons }) =>
    derivedNames(reasons)
      .map((name) => `${name}: ${reasons[name]}`)
      .join('\n'),
  );
  if (!derived) return ofDegrees;
  return [
    ...ofDegrees,
    { offset: besideBlock(source, block), label: derived, kind: 'derived', ...(tooltip && { tooltip }) },
  ];
}

/**
 * After a block on one line, otherwise after its opening brace. Before the brace, the hint would push aligned braces apart.
 */
function besideBlock({ text }: SourceFile, { keyword, body, span }: BlockNode): number {
  if (text[body.start] !== '{') return keyword.span.end;
  return /[\r\n]/.test(text.slice(body.start, body.end)) ? body.start + 1 : span.end;
}

/** The text for which all pools agree. */
function common(pools: readonly Pool[], textOf: (pool: Pool) => string | undefined): string | undefined {
  const texts = new Set(pools.map(textOf));
  return texts.size === 1 ? [...texts][0] : undefined;
}

const DERIVED = ['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'] as const;

function derivedNames(derived: Pool['derived']): readonly (typeof DERIVED)[number][] {
  return DERIVED.filter((name) => derived[name] !== undefined);
}

/** Derived degrees that split or copy something. A degree of 1 that nobody wrote is of no interest. */
function derivedLabel({ derived, parallel }: Pool): string | undefined {
  const names = derivedNames(derived).filter((name) => parallel[name] > 1);
  return names.length > 0 ? names.map((name) => `${name} ${parallel[name]}`).join(', ') : undefined;
}

/** What one GPU holds because of a degree. Undefined when the degree does not divide, which a diagnostic reports. */
function degreeLabel(pool: Pool, degree: string): string | undefined {
  const { model, parallel, stages } = pool;
  const experts = expertsOf(model);
  switch (degree) {
    case 'tp':
      return eachOf(headsOf(pool), parallel.tp, 'head');
    case 'etp':
      return experts && eachOf([experts.ffn], parallel.etp, 'column');
    case 'ep': {
      // Layers with equal placement share one map, and thousands of ranks hold equally many experts.
      const maps = new Set(stages.flatMap((stage) => [...stage.experts.values()]));
      const held = [...new Set([...maps].flatMap(({ ranks }) => ranks.map((rank) => rank.length)))];
      return held.length > 0 ? `${span(held)} ${plural(Math.max(...held), 'expert')} per layer` : undefined;
    }
    case 'pp': {
      const layers = stages.map((stage) => stage.layers.length);
      return layers.length > 0 ? `${span(layers)} ${plural(Math.max(...layers), 'layer')} each` : undefined;
    }
    default:
      return undefined;
  }
}

/** Query heads of the model's classes of attention, without repeats. */
export function headsOf({ model }: Pick<Pool, 'model'>): readonly number[] {
  return [...new Set(model.classes.flatMap(({ attention }) => shapeOf(attention)?.heads ?? []))];
}

/** `4 heads each`; undefined when a share is not a whole number. */
export function eachOf(amounts: readonly number[], degree: number, noun: string, ending = 'each'): string | undefined {
  const parts = amounts.map((amount) => amount / degree);
  if (parts.length === 0 || !parts.every((part) => Number.isInteger(part) && part > 0)) return undefined;
  return `${parts.join(' or ')} ${plural(Math.max(...parts), noun)} ${ending}`;
}

/** `4`, or `4 to 5` when the counts differ. */
function span(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${most}` : `${least} to ${most}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
