import { MOST_LAYERS } from '../language/vocabulary/types.ts';
import type { Model } from './model.ts';
import type { Parallel } from './parallel.ts';

/*
 * Layers of a pipeline chunk by chunk, as Megatron-Core writes them (core 0.20: `PipelineParallelLayerLayout` in
 * transformer/pipeline_parallel_layer_layout.py): `|` divides parts, `E` is the embedding, `t` a layer of the model, `m` a
 * prediction module and `L` the loss; `x*n` and `(..)*n` repeat, and commas are for the eye. Part `a x pp + b` is chunk `a` of
 * rank `b`, so the layers of a rank are not contiguous. Or only the ends are said: `decoder_first_pipeline_num_layers` and
 * `decoder_last_pipeline_num_layers`, with the rest shared evenly.
 */

/** Why a layout cannot be: a clause, and what to do. */
export interface LayoutFault {
  readonly reason: string;
  readonly remedy: string;
}

/** What each part holds, one letter for each thing. */
export type LayoutParts = readonly string[];

type Ends = Pick<Parallel, 'layout' | 'firstStageLayers' | 'lastStageLayers'>;

/** Whether the plan says how many layers each stage has without naming them. */
export function saysLayout({ layout, firstStageLayers, lastStageLayers }: Ends): boolean {
  return layout !== undefined || firstStageLayers !== undefined || lastStageLayers !== undefined;
}

/** Layers of each chunk of each stage, in the order in which tokens pass the chunks of a stage; or why there are none. */
export function chunksOfStages(
  parallel: Ends & Pick<Parallel, 'pp' | 'vpp'>,
  model: Pick<Model, 'layers' | 'mtpModules'>,
): readonly (readonly number[])[] | LayoutFault {
  if (parallel.layout === undefined) return chunksBetweenEnds(parallel, model.layers.length);
  const parts = readLayout(parallel.layout);
  if ('reason' in parts) return parts;
  const fault =
    partsFault(parts, parallel) ?? orderFault(parts) ?? countFault(parts, model) ?? moduleFault(parts, parallel);
  if (fault) return fault;
  return Array.from({ length: parallel.pp }, (_, stage) =>
    parts.filter((__, part) => part % parallel.pp === stage).map((part) => countOf(part, 't')),
  );
}

/** The stage on which a layout puts the prediction modules; undefined where it has none, or cannot be read. */
export function stageOfModules({ layout, pp }: Pick<Parallel, 'layout' | 'pp'>): number | undefined {
  const parts = layout === undefined ? [] : readLayout(layout);
  if ('reason' in parts) return undefined;
  const part = parts.findIndex((letters) => letters.includes('m'));
  return part < 0 ? undefined : part % pp;
}

/** Number of parts, when the text can be read. */
export function partsIn(layout: string): number | undefined {
  const parts = readLayout(layout);
  return 'reason' in parts ? undefined : parts.length;
}

const LETTERS = 'EtmL|';

/** The parts of a text, with what repeats written out. */
export function readLayout(text: string): LayoutParts | LayoutFault {
  let letters = '';
  let at = 0;
  /** `*n` behind what stands before `at`. */
  const repeats = (): number | undefined => {
    const count = /^\*(\d+)/.exec(text.slice(at))?.[1];
    if (count === undefined) return undefined;
    at += 1 + count.length;
    return Number(count);
  };
  while (at < text.length) {
    const letter = text[at] ?? '';
    if (letter === ',') {
      at += 1;
      continue;
    }
    let unit = letter;
    const start = at;
    if (letter === '(') {
      const end = text.indexOf(')', at);
      if (end < 0) return faultAt(text, at, 'opens a group that nothing closes', 'write `(..)*n`');
      const inside = readLayout(text.slice(at + 1, end));
      if ('reason' in inside) return faultAt(text, at, `opens a group in which ${inside.reason}`, inside.remedy);
      unit = inside.join('|');
      at = end + 1;
    } else if (LETTERS.includes(letter)) at += 1;
    else return faultAt(text, at, 'is no part of a layout', 'write `E`, `t`, `m`, `L`, `|`, `*n` or `(..)*n`');
    const times = repeats();
    if (letter === '(' && times === undefined)
      return faultAt(text, start, 'opens a group that is not repeated', 'write `(..)*n`');
    if (letters.length + unit.length * (times ?? 1) > MOST_LETTERS)
      return faultAt(text, start, `makes more than ${MOST_LAYERS} layers`, 'write fewer');
    letters += unit.repeat(times ?? 1);
  }
  return letters.split('|');
}

/** Layers with a divider behind each, and what stands at the ends. */
const MOST_LETTERS = 2 * MOST_LAYERS + 100;

function faultAt(text: string, at: number, what: string, remedy: string): LayoutFault {
  return { reason: `character ${at + 1} (\`${text[at] ?? ''}\`) ${what}`, remedy };
}

function countOf(part: string, letter: string): number {
  return part.split(letter).length - 1;
}

function partsFault(parts: LayoutParts, { pp, vpp }: Pick<Parallel, 'pp' | 'vpp'>): LayoutFault | undefined {
  if (parts.length === pp * vpp) return undefined;
  return {
    reason: `it has ${parts.length} ${parts.length === 1 ? 'part' : 'parts'}, and pp ${pp} x vpp ${vpp} are ${pp * vpp}`,
    remedy:
      parts.length % pp === 0
        ? `use vpp = ${parts.length / pp}, or write ${pp * vpp} parts with \`|\` between them`
        : `write ${pp * vpp} parts with \`|\` between them`,
  };
}

function orderFault(parts: LayoutParts): LayoutFault | undefined {
  const letters = parts.join('');
  if (!letters.startsWith('E') || countOf(letters, 'E') !== 1)
    return { reason: 'it needs one `E`, the embedding, and that first', remedy: 'write `E` at its start alone' };
  if (!letters.endsWith('L') || countOf(letters, 'L') !== 1)
    return { reason: 'it needs one `L`, the loss, and that last', remedy: 'write `L` at its end alone' };
  return undefined;
}

function countFault(
  parts: LayoutParts,
  { layers, mtpModules }: Pick<Model, 'layers' | 'mtpModules'>,
): LayoutFault | undefined {
  const letters = parts.join('');
  const [written, modules] = [countOf(letters, 't'), countOf(letters, 'm')];
  if (written !== layers.length)
    return {
      reason: `it has ${written} layers \`t\`, and the model ${layers.length}`,
      remedy: `write ${layers.length} of them`,
    };
  if (modules === mtpModules) return undefined;
  return {
    reason: `it has ${modules} prediction modules \`m\`, and the model ${mtpModules}`,
    remedy: `write ${mtpModules} of them, or give the model \`mtp = ${modules}\``,
  };
}

/** Megatron-Core keeps all modules in one chunk, the last of its rank, behind all layers and never on the first rank. */
function moduleFault(parts: LayoutParts, { pp }: Pick<Parallel, 'pp'>): LayoutFault | undefined {
  const first = parts.findIndex((part) => part.includes('m'));
  if (first < 0) return undefined;
  const name = `part ${first + 1} (\`${parts[first]}\`)`;
  const remedy = 'write `m` into the last part, before `L`';
  if (parts.findLastIndex((part) => part.includes('m')) !== first)
    return { reason: `prediction modules stand in several parts, the first is ${name}`, remedy };
  if (parts.join('').lastIndexOf('t') > parts.join('').indexOf('m'))
    return { reason: `a layer stands behind the prediction module of ${name}`, remedy };
  if (first < parts.length - pp) return { reason: `${name} is not the last chunk of its stage`, remedy };
  if (first % pp === 0 && pp > 1) return { reason: `${name} is on the first stage, which has no modules`, remedy };
  return undefined;
}

function chunksBetweenEnds(
  { firstStageLayers: first, lastStageLayers: last, pp, vpp }: Ends & Pick<Parallel, 'pp' | 'vpp'>,
  layers: number,
): readonly (readonly number[])[] | LayoutFault {
  const between = pp - (first === undefined ? 0 : 1) - (last === undefined ? 0 : 1);
  const left = layers - (first ?? 0) - (last ?? 0);
  if (between < 0)
    return { reason: 'one stage is not first and last apart', remedy: 'use a larger `pp`, or leave one of them out' };
  if (left < 0 || (between === 0 ? left > 0 : left % between !== 0))
    return {
      reason: `they leave ${left} of ${layers} layers, which ${between} ${between === 1 ? 'stage' : 'stages'} cannot share evenly`,
      remedy: 'change them so that the rest is divided, or write a `layout`',
    };
  const sizes = Array.from({ length: pp }, (_, stage) =>
    stage === 0 && first !== undefined ? first : stage === pp - 1 && last !== undefined ? last : left / between,
  );
  const uneven = sizes.find((size) => size % vpp !== 0);
  if (uneven !== undefined)
    return {
      reason: `${uneven} layers of a stage cannot be cut into ${vpp} equal chunks`,
      remedy: 'use numbers that `vpp` divides, or write a `layout`',
    };
  return sizes.map((size) => Array.from({ length: vpp }, () => size / vpp));
}

/**
 * A layout that shares the layers as evenly as whole layers allow. Parts at the ends get fewer, since they hold the embedding
 * and the loss too.
 */
export function evenLayout(
  { layers, mtpModules }: Pick<Model, 'layers' | 'mtpModules'>,
  { pp, vpp }: Pick<Parallel, 'pp' | 'vpp'>,
): string {
  const count = pp * vpp;
  const base = Math.floor(layers.length / count);
  const more = layers.length - base * count;
  const parts = Array.from({ length: count }, (_, part) => {
    // The first part comes last but one, and the last part last.
    const rank = part === count - 1 ? count - 1 : part === 0 ? count - 2 : part - 1;
    return 't'.repeat(base + (rank < more ? 1 : 0));
  });
  return withEnds(parts, mtpModules);
}

/**
 * A layout of equal parts but for the last, which gets what is left beside the prediction modules and the loss, as in Megatron-Bridge's recipes
 * for DeepSeek-V3. Undefined where nothing would be left for other parts.
 */
export function layoutWithRest(
  { layers, mtpModules }: Pick<Model, 'layers' | 'mtpModules'>,
  { pp, vpp }: Pick<Parallel, 'pp' | 'vpp'>,
): string | undefined {
  const count = pp * vpp;
  const each = Math.ceil(layers.length / count);
  const last = layers.length - each * (count - 1);
  if (last < 0) return undefined;
  return withEnds(
    Array.from({ length: count }, (_, part) => 't'.repeat(part === count - 1 ? last : each)),
    mtpModules,
  );
}

/** Parts with the embedding before the first, and prediction modules and the loss behind the last. */
function withEnds(parts: LayoutParts, mtpModules: number): string {
  const ends = parts.map(
    (part, index) =>
      `${index === 0 ? 'E' : ''}${part}${index === parts.length - 1 ? `${'m'.repeat(mtpModules)}L` : ''}`,
  );
  return writeLayout(ends);
}

/** Writes parts as Megatron's recipes do: `Et|(tt|)*30mL`. */
export function writeLayout(parts: LayoutParts): string {
  let text = '';
  for (let at = 0; at < parts.length; ) {
    const part = parts[at] ?? '';
    if (at === parts.length - 1) return text + shortened(part);
    let end = at;
    while (end < parts.length - 1 && parts[end] === part) end += 1;
    const times = end - at;
    text += times > 1 ? `(${shortened(part)}|)*${times}` : `${shortened(part)}|`;
    at = end;
  }
  return text;
}

/** Runs of more than three letters are counted. */
function shortened(part: string): string {
  return part.replace(/(.)\1{3,}/g, (run, letter: string) => `${letter}*${run.length}`);
}
