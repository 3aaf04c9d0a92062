import type { FileAnalysis } from '../../language/analysis.ts';
import type { TextEdit } from '../../language/diagnostic.ts';
import { removeStatement } from '../../language/rules/run.ts';
import type { BlockNode, PropertyNode } from '../../language/tree.ts';
import { derive } from '../../plan/derive/derive.ts';
import type { Parallel } from '../../plan/parallel.ts';
import { isDegree } from '../../plan/parallel.ts';
import type { Analysis } from '../analysis.ts';
import { hasBraces, propertiesIn } from '../blocks.ts';
import { sharing, subjectOf } from '../subject.ts';
import { withoutDegrees } from '../variants.ts';
import { appendTo, type Refactoring } from './refactoring.ts';

const DEGREES = ['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'] as const;

/** Writes out the derived degrees, when all pools that share the block agree on them. */
export function stateDegrees(analysis: Analysis, blocks: readonly BlockNode[]): readonly Refactoring[] {
  const block = blocks.at(-1);
  const subject = subjectOf(analysis, blocks);
  const pools = subject?.pools.map(({ pool }) => pool) ?? [];
  const [first] = pools;
  if (block?.keyword.text !== 'parallel' || !hasBraces(analysis.source, block) || !first) return [];
  const written = new Set(propertiesIn(block).map(({ key }) => key.text));
  const derived = DEGREES.filter(
    (name) =>
      !written.has(name) &&
      first.derived[name] !== undefined &&
      pools.every(({ parallel }) => parallel[name] === first.parallel[name]),
  );
  if (derived.length === 0) return [];
  const statements = derived.map((name) => `${name} = ${first.parallel[name]}`);
  return [
    {
      title: `State the derived ${derived.length === 1 ? 'degree' : 'degrees'} ${derived.join(', ')}`,
      kind: 'refactor.rewrite',
      edits: [appendTo(analysis.source, block, statements)],
    },
  ];
}

/** Degrees to leave out, in the order of the trials. Experts follow attention only when none of their degrees is stated. */
const TRIED: readonly (readonly string[])[] = [
  ['etp', 'ep', 'edp'],
  ['cp'],
  ['edp'],
  ['dp'],
  ['etp'],
  ['tp'],
  ['ep'],
  ['pp'],
];

/** Removes degrees that would be derived to the same values. */
export function deriveDegrees(analysis: Analysis, blocks: readonly BlockNode[]): readonly Refactoring[] {
  const block = blocks.at(-1);
  const subject = subjectOf(analysis, blocks);
  const file = analysis.program.analyses.get(analysis.uri);
  if (block?.keyword.text !== 'parallel' || !hasBraces(analysis.source, block)) return [];
  const shared = subject && sharing(subject, block);
  const parallel = shared && subject.resolved.sources[shared.pools[0] ?? -1]?.parallel;
  // Without its own degree a block gets that of a base, so only a block without a base is sure to lose the degree.
  if (!subject?.resolved.deployment || !file || !parallel || parallel.base || parallel.parent?.base) return [];
  const before = subject.draft.pools.map(({ parallel }) => parallel);
  const written = propertiesIn(block);
  let removed: readonly PropertyNode[] = [];
  for (const names of TRIED) {
    const more = written.filter((node) => names.includes(node.key.text) && !removed.includes(node));
    if (more.length === 0) continue;
    const without = [...removed, ...more].map(({ key }) => key.text).filter(isDegree);
    const spec = withoutDegrees(shared, without);
    const variant = spec && derive(spec);
    const after = variant?.invalid === undefined ? variant?.draft.pools.map((pool) => pool.parallel) : undefined;
    if (after && sameDegrees(before, after)) removed = [...removed, ...more];
  }
  if (removed.length === 0) return [];
  const names = removed.map(({ key }) => key.text);
  return [
    {
      title: `Leave out ${names.join(', ')}: derived all the same`,
      kind: 'refactor.rewrite',
      edits: removal(analysis, file, block, removed),
    },
  ];
}

function sameDegrees(before: readonly Parallel[], after: readonly Parallel[]): boolean {
  return (
    before.length === after.length &&
    before.every((parallel, index) => DEGREES.every((name) => parallel[name] === after[index]?.[name]))
  );
}

/**
 * On one line the remaining statements are rewritten, so that no comma is left over. Elsewhere each statement is removed
 * with its line.
 */
function removal(
  { source, uri }: Analysis,
  file: FileAnalysis,
  block: BlockNode,
  removed: readonly PropertyNode[],
): readonly TextEdit[] {
  const inside = { start: block.body.start + 1, end: block.body.end - 1 };
  const text = source.text.slice(inside.start, inside.end);
  if (/[\r\n]|\/[/*]/.test(text)) return apart(removed.flatMap(({ span }) => removeStatement(file, span, '').edits));
  const kept = block.items
    .filter((item) => !removed.some((node) => node === item))
    .map(({ span }) => source.text.slice(span.start, span.end));
  return [{ uri, span: inside, text: kept.length > 0 ? ` ${kept.join(', ')} ` : ' ' }];
}

/** Removals of neighbours both include the comma between them. The first takes it, and the next leaves it. */
function apart(edits: readonly TextEdit[]): readonly TextEdit[] {
  let end = 0;
  return edits
    .toSorted((left, right) => left.span.start - right.span.start)
    .map((edit) => {
      const start = Math.max(end, edit.span.start);
      end = Math.max(end, edit.span.end);
      return { ...edit, span: { start, end } };
    });
}
