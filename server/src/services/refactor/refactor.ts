import type { BlockNode } from '../../language/tree.ts';
import { nodesAt } from '../../language/walk.ts';
import type { Analysis } from '../analysis.ts';
import { beginPlan } from './beginPlan.ts';
import { expectPrediction } from './claims.ts';
import { deriveDegrees, stateDegrees } from './degrees.ts';
import { extractBlock } from './extract.ts';
import { inlineConstant, inlineImport } from './inline.ts';
import type { Refactoring } from './refactoring.ts';
import { splitStage } from './splitStage.ts';

export type { Refactoring } from './refactoring.ts';

/** The refactorings for the blocks and names at the offset. `exists` tells whether a file exists. */
export function refactorings(
  analysis: Analysis,
  offset: number,
  exists: (uri: string) => boolean,
): readonly Refactoring[] {
  const blocks = nodesAt(analysis.source.tree, offset).filter((node): node is BlockNode => node.kind === 'block');
  const outer = blocks[0];
  const inlined = [...inlineConstant(analysis, offset), ...inlineImport(analysis, offset)];
  if (!outer) return [...inlined, ...beginPlan(analysis)];
  // Offered for a whole block only on its header. Elsewhere in the block the offer would never go away.
  const onHeader = offset <= outer.body.start;
  const inExpect = blocks.at(-1)?.keyword.text === 'expect';
  return [
    ...inlined,
    ...(outer.keyword.text === 'deployment' && (onHeader || inExpect) ? expectPrediction(analysis, [outer]) : []),
    ...stateDegrees(analysis, blocks),
    ...deriveDegrees(analysis, blocks),
    ...splitStage(analysis, blocks),
    ...(onHeader ? extractBlock(analysis, [outer], exists) : []),
  ];
}
