import type { Reference, Target } from './analysis.ts';
import {
  areSame,
  type BlockCache,
  type CachedBlock,
  entitiesIn,
  LazyEntity,
  meaningOfOutcome,
  placeOfTarget,
  sameTargets,
  type TakenOver,
} from './blockCache.ts';
import { fillBlock } from './blockContents.ts';
import type { Draft, Entity } from './entity.ts';
import { type Identities, partsOf, usesOf } from './identity.ts';
import { movedWord, originOf } from './moved.ts';
import type { Declaration } from './names.ts';
import { isOfItsBlock, type Problem } from './problems.ts';
import type { Reading } from './reading.ts';
import type { FoundOut } from './resolver.ts';
import { encloses } from './span.ts';
import type { BlockNode } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';

export interface Troubled {
  readonly kept: CachedBlock;
  readonly node: BlockNode;
  readonly problems: readonly Problem[];
}

/** Builds the entities of one file's top-level blocks. */
export class EntityBuilder {
  readonly reading: Reading;
  readonly takenOver: TakenOver[] = [];
  /** Blocks that were read anew, can be kept, and have problems. Their findings are made once the file is read. */
  readonly troubled: Troubled[] = [];
  private readonly identities: Identities;
  private readonly kept: BlockCache;

  constructor(reading: Reading, identities: Identities, kept: BlockCache) {
    this.reading = reading;
    this.identities = identities;
    this.kept = kept;
  }

  /** Builds a block. What it extends has been built before, unless that is broken: unknown, or the block itself. */
  build({ node, spec }: Declaration, isBaseBroken: boolean): Entity {
    const { resolver } = this.reading;
    const takenOver = isBaseBroken ? undefined : this.takeOver(node, spec);
    if (takenOver) return takenOver;
    const firstReference = resolver.references.length;
    const { result: draft, found: foundInBlock } = resolver.apart(() => this.read(node, spec, isBaseBroken));
    const ownReferences = this.identify(draft, firstReference, foundInBlock.isAmbiguous || isBaseBroken);
    this.keep(draft, ownReferences, foundInBlock);
    return draft;
  }

  private read(node: BlockNode, spec: BlockSpec, isBaseBroken: boolean): Draft {
    const { reading } = this;
    const launched = spec.fromLaunch && node.from ? reading.readLaunch(node.from, node) : undefined;
    const draft = reading.draft(node, spec, isBaseBroken ? undefined : (launched ?? this.baseOf(node, spec)));
    if (spec.fromLaunch && node.from && !launched) {
      draft.incomplete = true;
      draft.unread = true;
      draft.rejected.add('from');
    }
    if (isBaseBroken) {
      draft.incomplete = true;
      draft.unread = true;
      draft.rejected.add('extends');
    }
    reading.entities.set(node, draft);
    if (node.from && spec.fromConfig) {
      const config = reading.readConfig(node.from, node);
      if (config) draft.config = config;
      else {
        draft.incomplete = true;
        draft.unread = true;
        draft.rejected.add('from');
      }
    }
    fillBlock(draft, reading);
    return draft;
  }

  private baseOf({ base, name }: BlockNode, { keyword }: BlockSpec): Entity | undefined {
    return base && this.reading.resolver.entity(keyword, base, base.text === name?.text);
  }

  /** Keeps a block for as long as its text and the meaning of its names stay the same, unless it depends on more than these. */
  private keep(
    draft: Draft,
    references: readonly Reference[],
    { lookups, problems, doubtful, strays }: FoundOut,
  ): void {
    const { node, identity, incomplete = false } = draft;
    if (!identity || this.readsFiles(node) || !problems.every(isOfItsBlock)) return;
    const kept: CachedBlock = {
      identity,
      lookups: lookups.map(({ lookup, outcome }) => ({ lookup, meaning: meaningOfOutcome(outcome) })),
      incomplete,
      doubtful,
      strays: strays.map(({ word, sought }) => ({ word: movedWord(word, -node.span.start), sought })),
      findings: [],
      last: {
        entity: draft,
        references,
        targets: lookups.flatMap(({ outcome }) => (typeof outcome === 'object' ? [placeOfTarget(outcome)] : [])),
      },
    };
    this.kept.set(originOf(node), kept);
    if (problems.length > 0) this.troubled.push({ kept, node, problems });
  }

  /** Whether what the block says depends on more than its text and its names. */
  private readsFiles({ from, span }: BlockNode): boolean {
    return from !== undefined || this.reading.textsIn(span).length > 0;
  }

  /** The block as it was read before the last edits, if they have changed nothing that it says. */
  private takeOver(node: BlockNode, spec: BlockSpec): Entity | undefined {
    const { reading } = this;
    const kept = this.kept.get(originOf(node));
    const targets = kept && sameTargets(kept, node, reading.resolver);
    if (!targets) return undefined;
    const { last } = kept;
    if (kept.doubtful.size > 0) reading.resolver.doubtAll(kept.doubtful);
    reading.resolver.resume(kept.strays, node.span.start);
    const places = targets.map(placeOfTarget);
    if (last?.entity.node === node && areSame(last.targets, places)) {
      reading.entities.set(node, last.entity);
      this.takenOver.push({ kept, node, targets, uses: last.references });
      return last.entity;
    }
    // Deleting it would turn the object into a slow one.
    kept.last = undefined;
    const entity = this.moved(node, spec, kept, targets, places);
    reading.entities.set(node, entity);
    return entity;
  }

  /** The same block at another place, or a block whose names lead to another place. */
  private moved(
    node: BlockNode,
    spec: BlockSpec,
    kept: CachedBlock,
    targets: readonly Target[],
    places: readonly unknown[],
  ): Entity {
    const { reading } = this;
    const entity = new LazyEntity(node, spec, reading.source.uri, kept, entitiesIn(targets), (lazy) => {
      lazy.references = reading.resolver.again(() => {
        lazy.place(reading.draft(node, spec, this.baseOf(node, spec)));
        fillBlock(lazy, reading);
      });
      kept.last = { entity: lazy, references: lazy.references, targets: places };
    });
    this.takenOver.push({ kept, node, targets, uses: entity });
    return entity;
  }

  /** Sets what the block uses and, if all its names are clear, its identity. Returns the block's own references. */
  private identify(draft: Draft, firstReference: number, isAmbiguous: boolean): readonly Reference[] {
    const { reading } = this;
    const { span, closed } = draft.node;
    // Blocks and constants that were met for the first time have left their own references in between.
    const ownReferences = reading.resolver.references
      .slice(firstReference)
      .filter((reference) => encloses(span, reference.span));
    // A launch is no name, so that no reference leads to its deployment.
    const launched = draft.node.from && draft.spec.fromLaunch ? draft.base : undefined;
    draft.uses = [...usesOf(ownReferences), ...(launched ? [launched] : [])];
    const isWhole = closed && !isAmbiguous && !reading.hasSyntaxError(span);
    const parts = isWhole ? partsOf(ownReferences, span) : undefined;
    if (!parts) return ownReferences;
    const { uri, text } = reading.source;
    const files = reading.textsIn(span).flatMap((file) => [file?.uri, file?.text]);
    draft.identity = this.identities.of(text.slice(span.start, span.end), [
      uri,
      draft.config?.json,
      draft.config?.quantization,
      draft.config?.index,
      launched?.identity,
      ...files,
      ...parts,
    ]);
    return ownReferences;
  }
}
