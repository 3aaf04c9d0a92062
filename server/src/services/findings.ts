import type { Diagnostic, Fix } from '../language/diagnostic.ts';
import type { Entity } from '../language/entity.ts';
import { footprint, type Identity } from '../language/identity.ts';
import type { Location } from '../language/span.ts';

/** A finding whose places are counted from the starts of the blocks that it is about. */
type Relative = { readonly diagnostic: Diagnostic; readonly blocks: readonly number[] };

/**
 * Findings about single blocks, kept for as long as nothing they depend on changes. They follow from a block's identity
 * but for their places: those move with the blocks of its footprint.
 */
export class FindingCache {
  private readonly kept = new WeakMap<Identity, readonly Relative[]>();

  /** The findings about a block: moved to where it stands now, or made anew. */
  of(entity: Entity, find: () => readonly Diagnostic[]): readonly Diagnostic[] {
    const { identity } = entity;
    if (!identity) return find();
    const known = this.kept.get(identity);
    if (known) {
      if (known.length === 0) return [];
      const blocks = footprint(entity);
      return known.map((relative) => absolute(relative, blocks));
    }
    const found = find();
    const blocks = found.length === 0 ? [] : footprint(entity);
    const relative = found.map((diagnostic) => relativeTo(diagnostic, blocks));
    // One that points to a constant or a statement outside of blocks is looked for again each time.
    if (relative.every((each) => each !== undefined)) this.kept.set(identity, relative);
    return found;
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
  return { diagnostic: moved(diagnostic, starts), blocks: indexes };
}

function absolute({ diagnostic, blocks: indexes }: Relative, blocks: readonly Entity[]): Diagnostic {
  return moved(
    diagnostic,
    indexes.map((index) => startOf(blocks[index])),
  );
}

function startOf(block: Entity | undefined): number {
  return block?.node.span.start ?? 0;
}

/** Every place that a finding names, in the order in which `moved` moves them. */
function placesOf({ uri, span, related = [], fixes = [] }: Diagnostic): Location[] {
  return [{ uri, span }, ...related, ...fixes.flatMap(({ edits }) => edits)];
}

function moved(diagnostic: Diagnostic, distances: readonly number[]): Diagnostic {
  let next = 0;
  const move = <Place extends Pick<Location, 'span'>>(place: Place): Place => {
    const by = distances[next++] ?? 0;
    return { ...place, span: { start: place.span.start + by, end: place.span.end + by } };
  };
  const own = move(diagnostic);
  const related = diagnostic.related?.map(move);
  const fixes = diagnostic.fixes?.map((fix): Fix => ({ ...fix, edits: fix.edits.map(move) }));
  return { ...own, ...(related && { related }), ...(fixes && { fixes }) };
}
