import type { Diagnostic } from './diagnostic.ts';
import type { Troubled } from './entities.ts';
import type { Kept } from './kept.ts';
import { movedFinding, placesOf } from './movedFinding.ts';
import { BLOCK_RULES } from './rules/index.ts';
import { runRules } from './rules/run.ts';
import type { SourceFile } from './source.ts';
import type { BlockNode } from './tree.ts';

/**
 * Keeps what the rules say of a block, with places counted from its start, for when the block is taken over. Answers whether
 * it can be: what points out of the block cannot.
 */
export function canBeTold({ kept, node, problems }: Troubled, source: SourceFile): boolean {
  const { start, end } = node.span;
  const found = runRules(BLOCK_RULES, { source, problems }, { uri: source.uri, span: node.span });
  const isInside = (each: Diagnostic) =>
    placesOf(each).every(({ uri, span }) => uri === source.uri && start <= span.start && span.end <= end);
  kept.told = found.map((each) => movedFinding(each, () => -start));
  return found.every(isInside);
}

/** What was said of a block that was taken over, where it stands now. */
export function toldOf({ told }: Kept, { span }: BlockNode): readonly Diagnostic[] {
  return told.map((each) => movedFinding(each, () => span.start));
}
