import { Memo } from './memo.ts';
import { originOf } from './moved.ts';
import type { Declaration, Scope } from './names.ts';
import type { BlockNode } from './tree.ts';
import { blockSpec } from './vocabulary/vocabulary.ts';

/**
 * How much all blocks of a file may inherit together. Stages, operators, arrows, entries and `expert` lines count, each as often
 * as a block extends the one that writes it. A base with thousands of them and thousands of heirs would fill the memory.
 */
export const MOST_INHERITED = 100_000;

const weights = new Memo<BlockNode, number>();

/**
 * How many parts of a block its heirs get in addition to their own: parts with a name, and lines. Other parts replace each other.
 */
function weightOf(block: BlockNode): number {
  const origin = originOf(block);
  const cachedWeight = weights.get(origin);
  if (cachedWeight !== undefined) return cachedWeight;
  const weight = origin.items.reduce((sum, item) => {
    if (item.kind === 'block') return sum + (item.name ? 1 : 0) + weightOf(item);
    return item.kind === 'edge' || item.kind === 'entry' || item.kind === 'placement' ? sum + 1 : sum;
  }, 0);
  weights.set(origin, weight);
  return weight;
}

/** Counts what the blocks of each file inherit. The text alone decides, so it does not matter which of them is read first. */
export class Inheritance {
  private readonly scopeOf: (uri: string) => Scope;
  private readonly totals = new Map<BlockNode, number>();
  private readonly refused = new Map<string, ReadonlySet<BlockNode>>();

  constructor(scopeOf: (uri: string) => Scope) {
    this.scopeOf = scopeOf;
  }

  /** Whether the blocks of the file up to this one inherit more than the limit, and whether this is the first such block. */
  excess(block: BlockNode, uri: string): { readonly isFirst: boolean } | undefined {
    const refused = this.refused.get(uri) ?? this.findRefused(uri);
    this.refused.set(uri, refused);
    if (!refused.has(block)) return undefined;
    const [first] = refused;
    return { isFirst: block === first };
  }

  private findRefused(uri: string): ReadonlySet<BlockNode> {
    const refused = new Set<BlockNode>();
    let inherited = 0;
    for (const node of this.scopeOf(uri).file.source.tree.items) {
      if (node.kind !== 'block' || !node.base) continue;
      const spec = blockSpec('file', node.keyword.text);
      if (!spec?.extendable) continue;
      const base = this.baseOf({ keyword: spec.keyword, name: node.name?.text ?? '', node, spec, uri });
      inherited += base ? this.total(base) : 0;
      if (inherited > MOST_INHERITED) refused.add(node);
    }
    return refused;
  }

  /** The weight of a block with all that it inherits. Chains are followed without recursion, and each cycle only once. */
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
    const block = this.scopeOf(uri).block(keyword, node.base.text, node.base.text === name);
    return block && 'one' in block ? block.one : undefined;
  }
}
