import { expertsOf } from '../../cost/parameters/parameters.ts';
import { Scorer } from '../../cost/score.ts';
import type { BlockNode } from '../../language/tree.ts';
import { keepsKvHeads, shapeOf } from '../../plan/attention.ts';
import type { Pool } from '../../plan/deployment.ts';
import { divisors } from '../../plan/divisors.ts';
import { isDegree } from '../../plan/parallel.ts';
import type { PlacementSource } from '../../plan/resolve/resolved.ts';
import { numberOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { eachOf, headsOf } from '../annotations/inlayHints.ts';
import { leadsTo } from '../fit.ts';
import { sharing, subjectOf } from '../subject.ts';
import { withDegree } from '../variants.ts';
import type { CompletionItem } from './item.ts';

/**
 * Degrees that divide what they split. Each shows what one GPU then holds and how fast the plan is, which is computed only
 * when the item is shown.
 */
export function degreeItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  degree: string,
): readonly CompletionItem[] {
  const subject = subjectOf(analysis, blocks);
  const first = subject?.pools[0];
  const block = blocks.at(-1);
  if (!subject || !first || block?.keyword.text !== 'parallel' || !isDegree(degree)) return [];
  const stated = (name: string) => (name === degree ? undefined : numberOf(first.source.parallel, name));
  const { pool, source } = first;
  const shared = sharing(subject, block);
  const scorer = new Scorer();
  return workingValues(pool, degree, stated).map(
    (value, index): CompletionItem => ({
      label: String(value),
      kind: 'value',
      detail: shareOf(pool, source.placement, degree, value) ?? describe(degree, value),
      insert: String(value),
      order: index,
      isExample: true,
      computed: () => {
        const spec = withDegree(shared, degree, value);
        return spec && leadsTo(scorer, spec, shared.pools);
      },
    }),
  );
}

/**
 * What one GPU would hold, by arithmetic alone, because resolving a plan of thousands of GPUs for each value takes too long
 * here.
 */
function shareOf(pool: Pool, placement: PlacementSource, degree: string, value: number): string | undefined {
  const experts = expertsOf(pool.model);
  switch (degree) {
    case 'tp':
      return eachOf(headsOf(pool), value, 'head');
    case 'etp':
      return experts && eachOf([experts.ffn], value, 'column');
    case 'ep':
      // Experts that are placed by hand lie where the text says.
      return experts && placement.written.length === 0
        ? eachOf([experts.count + placement.redundant], value, 'expert', 'per layer')
        : undefined;
    case 'pp':
      return eachOf([pool.model.layers.length], value, 'layer');
    default:
      return undefined;
  }
}

function describe(degree: string, value: number): string {
  switch (degree) {
    case 'dp':
      return `${value} ${value === 1 ? 'group' : 'groups'} with sequences of their own`;
    case 'cp':
      return value === 1 ? 'sequences stay whole' : `sequences in ${value} parts`;
    case 'edp':
      return `${value} ${value === 1 ? 'copy' : 'copies'} of each expert`;
    default:
      return '';
  }
}

/**
 * Values that divide heads, experts, their width and the layers, and with which `tp x cp x dp = etp x ep x edp = GPUs of a
 * stage` holds for the stated degrees. When several pools share the block, the first pool counts.
 */
function workingValues(pool: Pool, degree: string, stated: (name: string) => number | undefined): readonly number[] {
  const { model, stages } = pool;
  const experts = expertsOf(model);
  const attentionShapes = model.classes.flatMap(({ attention }) => shapeOf(attention) ?? []);
  const gpus = stages[0]?.gpus.length ?? 1;
  const divides =
    (...amounts: readonly number[]) =>
    (value: number) =>
      amounts.every((amount) => amount % value === 0);
  switch (degree) {
    case 'tp':
      return shares(gpus, [stated('cp') ?? 1], stated('dp'))
        .filter(divides(...headsOf(pool)))
        .filter((tp) => attentionShapes.every((shape) => keepsKvHeads(shape, tp)));
    case 'cp':
      return shares(gpus, [stated('tp') ?? 1], stated('dp'));
    case 'dp':
      return shares(gpus, [stated('cp') ?? 1], stated('tp'));
    case 'ep':
      return experts ? shares(gpus, [stated('etp') ?? 1], stated('edp')).filter(divides(experts.count)) : [1];
    case 'etp':
      return experts ? shares(gpus, [stated('ep') ?? 1], stated('edp')).filter(divides(experts.ffn)) : [1];
    case 'edp':
      return experts ? shares(gpus, [stated('etp') ?? 1], stated('ep')) : [1];
    case 'pp': {
      const gpuCount = Math.floor(pool.gpus.length / pool.replicas);
      return divisors(gpuCount).filter(divides(model.layers.length));
    }
    default:
      return [];
  }
}

/** Divisors of what the other factors leave of the GPUs, or the one remaining number when the last factor is stated. */
function shares(gpus: number, others: readonly number[], last: number | undefined): readonly number[] {
  const left = gpus / others.reduce((product, other) => product * other, 1);
  if (!Number.isInteger(left)) return [];
  if (last === undefined) return divisors(left);
  return left % last === 0 ? [left / last] : [];
}
