import { encloses } from '../span.ts';
import type { BlockNode, Item, PropertyNode, Tree } from '../tree.ts';
import { blockSpec, propertySpec } from '../vocabulary/vocabulary.ts';
import { type Meaning, meaningOf, type PropertyPlace } from '../vocabulary/words/index.ts';
import { nodesAt } from '../walk.ts';
import type { Proposal } from './foreignFixes.ts';
import { carried } from './foreignValue.ts';

/** Where a property stands: its blocks, innermost first, and their keywords, followed by `file`. */
export interface Around {
  readonly blocks: readonly BlockNode[];
  readonly keywords: readonly string[];
}

/** Where the statements of one file belong that stand in a block without such a property. Each block is searched only once. */
export class Homes {
  private readonly tree: Tree;
  private readonly looksFarther: () => void;
  private contentsOfFile: Contents | undefined;
  private readonly contents = new Map<BlockNode, Contents>();
  private readonly blocksAnywhere = new Map<string, readonly BlockNode[]>();

  /** `looksFarther` is called where a place is sought outside the top-level block that a statement stands in. */
  constructor(tree: Tree, looksFarther: () => void = () => undefined) {
    this.tree = tree;
    this.looksFarther = looksFarther;
  }

  private get file(): Contents {
    this.looksFarther();
    this.contentsOfFile ??= new Contents(this.tree.items);
    return this.contentsOfFile;
  }

  around(node: PropertyNode): Around {
    const blocks = nodesAt(this.tree, node.span.start)
      .filter((treeNode): treeNode is BlockNode => treeNode.kind === 'block' && treeNode.body.start < node.span.start)
      .reverse();
    return { blocks, keywords: [...blocks.map(({ keyword }) => keyword.text), 'file'] };
  }

  /** The statement as this language writes it, in the place where it belongs. Undefined where only the user can decide that. */
  proposal(
    text: string,
    node: PropertyNode,
    around: Around,
    { block, property }: PropertyPlace,
    meaning: Meaning,
  ): Proposal | undefined {
    const value = carried(text, node, property, meaning, () => this.gpusOfDegrees(around));
    if (value === undefined) return undefined;
    const operator = property.comparable ? node.operator : '=';
    const [inner] = around.blocks;
    const written = {
      node,
      inner,
      keyword: block.keyword,
      property: property.name,
      statement: `${property.name} ${operator} ${value}`,
      isForeign: meaning.row !== undefined,
    };
    if (inner?.keyword.text === block.keyword)
      return this.has(inner, property.name) ? undefined : { ...written, kind: 'here', target: inner };
    const homes = this.of(around, block.keyword);
    const [only] = homes;
    if (only) {
      if (homes.length > 1 || this.has(only, property.name)) return undefined;
      const outermost = around.blocks.at(-1);
      const isFromOutside = !outermost || !encloses(outermost.span, only.span);
      const isStated = isFromOutside && this.means(only, { block, property });
      return { ...written, kind: 'move', target: only, isFromOutside, isStated };
    }
    const holder = around.blocks.find(({ keyword }) => blockSpec(keyword.text, block.keyword));
    if (block.naming === 'required' || !holder?.closed) return undefined;
    return { ...written, kind: 'new', target: holder };
  }

  /** The statement that already sets the property in the place where a statement should go. */
  stated(around: Around, { block, property }: PropertyPlace): PropertyNode | undefined {
    const [inner] = around.blocks;
    const homes = inner?.keyword.text === block.keyword ? [inner] : this.of(around, block.keyword);
    const [home, ...others] = homes;
    return home && others.length === 0 ? this.in(home).properties.get(property.name) : undefined;
  }

  /**
   * How many GPUs the degrees of attention take that are written around a statement. A command line that leaves out `tp` means 1;
   * in this language it is derived.
   */
  private gpusOfDegrees({ blocks: [inner], keywords }: Around): number | undefined {
    if (!inner) return undefined;
    const degrees = new Map<string, number>();
    let isCommand = false;
    for (const block of [inner, ...this.in(inner).blocks('parallel')])
      for (const [key, { value }] of this.in(block).properties) {
        const { block: home, property } = meaningOf(key, keywords)?.places[0] ?? {};
        if (home?.keyword !== 'parallel' || !property || !['tp', 'cp', 'dp'].includes(property.name)) continue;
        if (value.kind !== 'number' || value.unit) return undefined;
        isCommand ||= key !== property.name;
        degrees.set(property.name, value.value);
      }
    const gpus = [...degrees.values()].reduce((product, degree) => product * degree, 1);
    return gpus > 1 && (isCommand || degrees.has('tp')) ? gpus : undefined;
  }

  /** The blocks of a kind that a statement may have been meant for. They lie in a block around it, or such a block names them. */
  private of({ blocks }: Around, keyword: string): readonly BlockNode[] {
    const holder = blocks.find((block) => blockSpec(block.keyword.text, keyword));
    if (holder) return this.in(holder).blocks(keyword);
    if (blocks.length === 0 || !blockSpec('file', keyword)) return this.everywhere(keyword);
    const named = new Set(blocks.flatMap((block) => this.in(block).wordsOf(keyword)));
    return [...named].flatMap((name) => this.file.named(keyword, name));
  }

  /** The blocks of a kind at the top level or, if there are none, one level below it. */
  private everywhere(keyword: string): readonly BlockNode[] {
    const cachedBlocks = this.blocksAnywhere.get(keyword);
    if (cachedBlocks) return cachedBlocks;
    const top = this.file.blocks(keyword);
    const inside = () =>
      this.tree.items.flatMap((item) => (item.kind === 'block' ? this.in(item).blocks(keyword) : []));
    const blocks = top.length > 0 ? top : inside();
    this.blocksAnywhere.set(keyword, blocks);
    return blocks;
  }

  private has(block: BlockNode, property: string): boolean {
    return this.in(block).properties.has(property);
  }

  /** Whether the block says something for which it has no property, and that means this one. */
  private means({ keyword, items }: BlockNode, { block, property }: PropertyPlace): boolean {
    return items.some(
      (item) =>
        item.kind === 'property' &&
        !propertySpec(block, item.key.text) &&
        meaningOf(item.key.text, [keyword.text])?.places.some((place) => place.property === property),
    );
  }

  private in(block: BlockNode): Contents {
    const cachedContents = this.contents.get(block);
    if (cachedContents) return cachedContents;
    const contents = new Contents(block.items);
    this.contents.set(block, contents);
    return contents;
  }
}

/** What a block holds, by keyword and name. */
class Contents {
  /** By name. If several have the same name, the first one counts. */
  readonly properties = new Map<string, PropertyNode>();
  private readonly words = new Map<string, string[]>();
  private readonly byKeyword = new Map<string, BlockNode[]>();
  private readonly byName = new Map<string, BlockNode[]>();

  constructor(items: readonly Item[]) {
    for (const item of items) {
      if (item.kind === 'property') {
        if (!this.properties.has(item.key.text)) this.properties.set(item.key.text, item);
        if (item.value.kind === 'word') add(this.words, item.key.text, item.value.text);
      } else if (item.kind === 'block' && item.closed) {
        add(this.byKeyword, item.keyword.text, item);
        if (item.name) add(this.byName, `${item.keyword.text} ${item.name.text}`, item);
      }
    }
  }

  /** Words that are written for a property. */
  wordsOf(property: string): readonly string[] {
    return this.words.get(property) ?? [];
  }

  /** Its blocks of a kind. A block without its closing brace is left out, because nothing can be written into it. */
  blocks(keyword: string): readonly BlockNode[] {
    return this.byKeyword.get(keyword) ?? [];
  }

  named(keyword: string, name: string): readonly BlockNode[] {
    return this.byName.get(`${keyword} ${name}`) ?? [];
  }
}

function add<Value>(valuesByKey: Map<string, Value[]>, key: string, value: Value): void {
  const values = valuesByKey.get(key);
  if (values) values.push(value);
  else valuesByKey.set(key, [value]);
}
