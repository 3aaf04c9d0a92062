import { originOf } from './moved.ts';
import type { Declaration, Scope } from './names.ts';
import type { BlockNode } from './tree.ts';
import { blockSpec } from './vocabulary/vocabulary.ts';

/**
 * What all blocks of a file may inherit together: stages, operators, arrows, entries and `expert` lines, each as often as a
 * block extends the one that writes it. A base with thousands of them and thousands of heirs would fill the memory.
 */
export const MOST_INHERITED = 100_000;

const weights = new WeakMap<BlockNode, number>();

/** Parts of a block that heirs get in addition to theirs: what has a name, and lines. Others replace each other. */
function weightOf(block: BlockNode): number {
  const origin = originOf(block);
  const known = weights.get(origin);
  if (known !== undefined) return known;
  const weight = origin.items.reduce((sum, item) => {
    if (item.kind === 'block') return sum + (item.name ? 1 : 0) + weightOf(item);
    return item.kind === 'edge' || item.kind === 'entry' || item.kind === 'placement' ? sum + 1 : sum;
  }, 0);
  weights.set(origin, weight);
  return weight;
}

/** Counts what the blocks of one file inherit, from the text alone: it does not matter which of them is read first. */
export class Inheritance {
  private readonly scopeOf: (uri: string) => Scope | undefined;
  private readonly totals = new Map<BlockNode, number>();
  private refused: ReadonlySet<BlockNode> | undefined;

  constructor(scopeOf: (uri: string) => Scope | undefined) {
    this.scopeOf = scopeOf;
  }

  /** Whether the blocks of the file up to this one inherit more than is read, and whether this is the first such one. */
  excess(block: BlockNode, uri: string): { readonly isFirst: boolean } | undefined {
    this.refused ??= this.findRefused(uri);
    if (!this.refused.has(block)) return undefined;
    const [first] = this.refused;
    return { isFirst: block === first };
  }

  private findRefused(uri: string): ReadonlySet<BlockNode> {
    const refused = new Set<BlockNode>();
    let inherited = 0;
    for (const node of this.scopeOf(uri)?.file.source.tree.items ?? []) {
      if (node.kind !== 'block' || !node.base) continue;
      const spec = blockSpec('file', node.keyword.text);
      if (!spec?.extendable) continue;
      const base = this.baseOf({ keyword: spec.keyword, name: node.name?.text ?? '', node, spec, uri });
      inherited += base ? this.total(base) : 0;
      if (inherited > MOST_INHERITED) refused.add(node);
    }
    return refused;
  }

  /** What a block has with all that it inherits. Chains are followed without recursion, and circles once round. */
  private total(start: Declaration): number {
    const chain: Declaration[] = [];
    const seen = new Set<BlockNode>();
    let last: Declaration | undefined = start;
    for (; last && !seen.has(last.node) && !this.totals.has(last.node); last = this.baseOf(last)) {
      chain.push(last);
      seen.add(last.node);
    }
    let total = (last && this.totals.get(last.node)) ?? 0;
    for (const { node } of chain.reverse()) {
      total += weightOf(node);
      this.totals.set(node, total);
    }
    return total;
  }

  private baseOf({ keyword, name, node, spec, uri }: Declaration): Declaration | undefined {
    if (!node.base || !spec.extendable) return undefined;
    const found = this.scopeOf(uri)?.block(keyword, node.base.text, node.base.text === name);
    return found && 'one' in found ? found.one : undefined;
  }
}
