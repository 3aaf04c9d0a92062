import type { CachedBlock } from './blockCache.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Troubled } from './entities.ts';
import { movedFinding, placesOf } from './movedFinding.ts';
import { BLOCK_RULES } from './rules/index.ts';
import { runRules } from './rules/run.ts';
import type { SourceFile } from './source.ts';
import { encloses } from './span.ts';
import type { KeptProblem } from './strays.ts';
import type { BlockNode } from './tree.ts';

/**
 * Keeps the findings of a block, with places counted from its start, for when the block is taken over. The answer is whether this
 * is possible: a block is read again if one of its findings points outside it.
 */
export function cacheFindings({ kept, node, problems }: Troubled, source: SourceFile): boolean {
  let isAlone = true;
  const looksFarther = () => {
    isAlone = false;
  };
  const findings = runRules(BLOCK_RULES, { source, problems, looksFarther }, { uri: source.uri, span: node.span });
  const isInside = (finding: Diagnostic) =>
    placesOf(finding).every(({ uri, span }) => uri === source.uri && encloses(node.span, span));
  kept.findings = findings.map((finding) => movedFinding(finding, () => -node.span.start));
  return isAlone && findings.every(isInside);
}

/** The finding of a word in a block that was taken over, if it is a value of the wrong type. It is made only once. */
export function findingsOfWord({ kept, problem, word }: KeptProblem, source: SourceFile): readonly Diagnostic[] {
  const by = word.span.start - kept.word.span.start;
  kept.findings ??= runRules(BLOCK_RULES, { source, problems: [problem] }, { uri: source.uri, span: word.span }).map(
    (finding) => movedFinding(finding, () => -by),
  );
  return kept.findings.map((finding) => movedFinding(finding, () => by));
}

/** The findings of a block that was taken over, at the place where it stands now. */
export function findingsOfBlock({ findings }: CachedBlock, { span }: BlockNode): readonly Diagnostic[] {
  return findings.map((finding) => movedFinding(finding, () => span.start));
}
