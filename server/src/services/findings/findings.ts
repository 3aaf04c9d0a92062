import type { Diagnostic } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { footprint, type Identity } from '../../language/identity.ts';
import { Memo } from '../../language/memo.ts';
import { movedFinding, placesOf } from '../../language/movedFinding.ts';

/** A finding with its places counted from the starts of the blocks that it concerns. */
type Relative = { readonly diagnostic: Diagnostic; readonly blocks: readonly number[] };

/**
 * Findings about single blocks, kept until something on which they depend changes. Except for their places they follow from
 * a block's identity, and the places move with the blocks of its footprint.
 */
export class FindingCache {
  private readonly kept = new Memo<Identity, readonly Relative[]>();

  /** Earlier findings about the block, moved to its present place. Undefined when there are none. */
  known(entity: Entity): readonly Diagnostic[] | undefined {
    const kept = entity.identity && this.kept.get(entity.identity);
    if (!kept || kept.length === 0) return kept && [];
    const blocks = footprint(entity);
    return kept.map((relative) => absolute(relative, blocks));
  }

  keep(entity: Entity, diagnostics: readonly Diagnostic[]): void {
    const { identity } = entity;
    if (!identity) return;
    const blocks = diagnostics.length === 0 ? [] : footprint(entity);
    const relative = diagnostics.map((diagnostic) => relativeTo(diagnostic, blocks));
    // A finding that points to a constant or a statement outside of blocks is not kept, but made again each time.
    if (relative.every((finding) => finding !== undefined)) this.kept.set(identity, relative);
  }
}

function relativeTo(diagnostic: Diagnostic, blocks: readonly Entity[]): Relative | undefined {
  const indexes = placesOf(diagnostic).map(({ uri, span }) =>
    blocks.findIndex(
      (block) => block.uri === uri && block.node.span.start <= span.start && span.end <= block.node.span.end,
    ),
  );
  if (indexes.includes(-1)) return undefined;
  const starts = indexes.map((index) => -startOf(blocks[index]));
  return { diagnostic: movedFinding(diagnostic, (place) => starts[place] ?? 0), blocks: indexes };
}

function absolute({ diagnostic, blocks: indexes }: Relative, blocks: readonly Entity[]): Diagnostic {
  return movedFinding(diagnostic, (place) => startOf(blocks[indexes[place] ?? -1]));
}

function startOf(block: Entity | undefined): number {
  return block?.node.span.start ?? 0;
}
