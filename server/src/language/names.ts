import { firstNotBelow } from './halving.ts';
import { closure, type Loaded, type LoadedFile } from './imports.ts';
import { Memo } from './memo.ts';
import { originOf } from './moved.ts';
import type { SourceFile } from './source.ts';
import type { Location, Span } from './span.ts';
import type { BlockNode, Expression, Item, LetNode, Word } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';
import { blockSpec, propertySpec } from './vocabulary/vocabulary.ts';

/** A named block at the top level of a file. */
export interface Declaration {
  readonly keyword: string;
  readonly name: string;
  readonly node: BlockNode;
  readonly spec: BlockSpec;
  readonly uri: string;
}

/** A constant at the top level of a file. */
export interface LetDeclaration {
  readonly name: string;
  readonly node: LetNode;
  readonly uri: string;
}

/** The names that one file defines, independent of every other file. */
export interface FileNames {
  /** By keyword and then by name. If several blocks share a name, the first one counts. */
  readonly blocks: ReadonlyMap<string, ReadonlyMap<string, Declaration>>;
  readonly lets: ReadonlyMap<string, LetDeclaration>;
  readonly duplicates: readonly { readonly word: Word; readonly what: string; readonly first: Word }[];
  /** What any word in the file, or in a file that imports it, may mean. */
  readonly anywhere: Doubt;
  /** The same for the words of one top-level item, and for those of items that extend it. */
  readonly within: ReadonlyMap<Item, Doubt>;
}

/**
 * Names that may be defined in a place where a mistake is already reported (a block with an unknown or misplaced keyword, or a
 * line that the parser could not read), and keywords of blocks whose name is missing. A use of one of them is no second mistake.
 */
export interface Doubt {
  readonly names: ReadonlySet<string>;
  readonly nameless: ReadonlySet<string>;
}

class Doubts implements Doubt {
  readonly names = new Set<string>();
  readonly nameless = new Set<string>();

  get isEmpty(): boolean {
    return this.names.size + this.nameless.size === 0;
  }

  add({ names, nameless }: Doubt): void {
    for (const name of names) this.names.add(name);
    for (const keyword of nameless) this.nameless.add(keyword);
  }
}

export function fileNames(source: SourceFile): FileNames {
  const { uri, tree } = source;
  const anywhere = new Doubts();
  const within = new Map<Item, Doubts>();
  const doubtsIn = (item: Item) => {
    const doubts = within.get(item) ?? new Doubts();
    within.set(item, doubts);
    return doubts;
  };
  const blocks = new Map<string, Map<string, Declaration>>();
  const lets = new Map<string, LetDeclaration>();
  const duplicates: FileNames['duplicates'][number][] = [];
  for (const { item, span } of brokenParts(source))
    addWords(source.text.slice(span.start, span.end), (item ? doubtsIn(item) : anywhere).names);
  for (const item of tree.items) {
    if (item.kind === 'let') {
      const firstLet = lets.get(item.name.text);
      if (firstLet) duplicates.push({ word: item.name, what: 'constant', first: firstLet.node.name });
      else lets.set(item.name.text, { name: item.name.text, node: item, uri });
    } else if (item.kind === 'property') anywhere.names.add(item.key.text);
    else if (item.kind === 'block') {
      const doubts = doubtsOf(item);
      if (!doubts.anywhere.isEmpty) anywhere.add(doubts.anywhere);
      if (!doubts.within.isEmpty) doubtsIn(item).add(doubts.within);
      const spec = blockSpec('file', item.keyword.text);
      if (!spec || !item.name) continue;
      const { text } = item.name;
      const declarationsByName = blocks.get(spec.keyword) ?? new Map<string, Declaration>();
      blocks.set(spec.keyword, declarationsByName);
      const firstBlock = declarationsByName.get(text);
      if (firstBlock?.node.name) duplicates.push({ word: item.name, what: spec.keyword, first: firstBlock.node.name });
      else declarationsByName.set(text, { keyword: spec.keyword, name: text, node: item, spec, uri });
    }
  }
  return { blocks, lets, duplicates, anywhere, within };
}

interface DoubtsOfBlock {
  readonly anywhere: Doubts;
  readonly within: Doubts;
}

/** What a top-level block adds to the doubts. It follows from the block's text alone, so it is kept by origin. */
const knownDoubts = new Memo<BlockNode, DoubtsOfBlock>();

function doubtsOf(block: BlockNode): DoubtsOfBlock {
  const origin = originOf(block);
  const cachedDoubts = knownDoubts.get(origin);
  if (cachedDoubts) return cachedDoubts;
  const doubts = { anywhere: new Doubts(), within: new Doubts() };
  collectDoubts(origin, 'file', doubts);
  knownDoubts.set(origin, doubts);
  return doubts;
}

function collectDoubts(block: BlockNode, parent: string, doubts: DoubtsOfBlock): void {
  const spec = blockSpec(parent, block.keyword.text);
  // Stages and the like are named only inside their own block. Any other block may stand there because a brace is missing.
  const isOfFile = parent === 'file' || blockSpec('file', block.keyword.text) !== undefined;
  const { names, nameless } = isOfFile ? doubts.anywhere : doubts.within;
  // `front { layers = 0..1 }` has a name and lacks its keyword.
  if (!spec) names.add((block.name ?? block.keyword).text);
  else if (!block.name && spec.naming === 'required') nameless.add(spec.keyword);
  for (const item of block.items) {
    if (item.kind === 'block') collectDoubts(item, block.keyword.text, doubts);
    else if (item.kind === 'let') doubts.anywhere.names.add(item.name.text);
  }
}

/** A part of a line that the parser could not read. `item` is set where the part lies in an item's body. */
interface BrokenPart {
  readonly item?: Item;
  readonly span: Span;
}

/** What an item's body holds defines nothing for others. Its header may, and so may text outside every item. */
function* brokenParts({ tree: { items, errors }, lineIndex }: SourceFile): Generator<BrokenPart> {
  const lines = new Set(
    errors
      .filter((error) => error.rule === 'unexpected-token')
      .map((error) => lineIndex.positionAt(error.span.start).line),
  );
  for (const line of lines) {
    const end = lineIndex.lineEnd(line);
    let start = lineIndex.lineStart(line);
    for (let index = firstEndingAt(items, start); start < end; index++) {
      const item = items[index];
      const inside = item && insideOf(item);
      if (!inside || inside.start >= end) break;
      if (start < inside.start) yield { span: { start, end: inside.start } };
      start = Math.max(start, inside.start);
      yield { item, span: { start, end: Math.min(end, inside.end) } };
      start = Math.min(end, inside.end);
    }
    if (start < end) yield { span: { start, end } };
  }
}

function insideOf(item: Item): Span {
  return item.kind === 'block' ? { start: Math.max(item.body.start, item.span.start), end: item.span.end } : item.span;
}

/** The first item that ends at an offset or behind it. */
function firstEndingAt(items: readonly Item[], offset: number): number {
  return firstNotBelow(items.length, (index) => items[index]?.span.end ?? offset, offset);
}

/** Every word in a part of the tree that evaluation leaves out, so that what it names does not count as unused. */
export function wordsOf(item: Item, words: Set<string>, text: string): void {
  addWords(text.slice(item.span.start, item.span.end), words);
}

function addWords(text: string, words: Set<string>): void {
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}_]+(?:[-.][\p{L}\p{M}\p{N}_]+)*/gu)) words.add(match[0]);
}

/** Further names that a block gives itself; inherited ones are those of its base. */
export function aliasesOf({ node, spec }: Pick<Declaration, 'node' | 'spec'>): readonly string[] {
  return originOf(node).items.flatMap((item) =>
    item.kind === 'property' && propertySpec(spec, item.key.text)?.aliases ? textsOf(item.value) : [],
  );
}

function textsOf(value: Expression): readonly string[] {
  if (value.kind === 'string') return [value.text];
  return value.kind === 'list' ? value.items.flatMap(textsOf) : [];
}

/** Case, blanks and separators never distinguish two names. */
function plainAlias(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

export type NameMatch<Named> = { readonly one: Named } | { readonly several: readonly Named[] } | undefined;

/** Looks names up as one file sees them: first its own, then those of its direct imports, then the catalogue's. */
export class Scope {
  readonly file: LoadedFile;
  private readonly loaded: Loaded;
  private readonly constants = new Map<string, NameMatch<LetDeclaration>>();
  /** Blocks of other files, by keyword and name. */
  private readonly others = new Map<string, NameMatch<Declaration>>();
  private readonly aliases = new Map<string, ReadonlyMap<string, readonly Declaration[]>>();
  private readonly direct: readonly LoadedFile[];
  private readonly names = new Map<string, readonly string[]>();
  private namesOfConstants: readonly string[] | undefined;
  private reached: readonly LoadedFile[] | undefined;

  constructor(file: LoadedFile, loaded: Loaded) {
    this.file = file;
    this.loaded = loaded;
    const direct = file.imports.flatMap((link) => loaded.files.get(link.target ?? '') ?? []);
    this.direct = [...new Set(direct)].filter((imported) => imported !== file);
  }

  /** `beyond` leaves out the file's own names: the base of `gpu H100-SXM extends H100-SXM` is the catalogue's. */
  block(keyword: string, name: string, beyond = false): NameMatch<Declaration> {
    const get = (file: LoadedFile) => file.names.blocks.get(keyword)?.get(name);
    const ownBlock = beyond ? undefined : get(this.file);
    if (ownBlock) return { one: ownBlock };
    const key = `${keyword} ${name}`;
    if (!this.others.has(key)) {
      const inCatalog = () => first(this.loaded.catalog.filter((file) => file !== this.file).map(get));
      this.others.set(key, this.imported(get) ?? inCatalog());
    }
    return this.others.get(key);
  }

  constant(name: string): NameMatch<LetDeclaration> {
    if (!this.constants.has(name)) this.constants.set(name, this.findConstant(name));
    return this.constants.get(name);
  }

  private findConstant(name: string): NameMatch<LetDeclaration> {
    const get = (file: LoadedFile) => file.names.lets.get(name);
    const ownConstant = get(this.file);
    return ownConstant ? { one: ownConstant } : this.imported(get);
  }

  /** Every visible declaration of a keyword except `but`, nearest first, without those that a nearer one hides. */
  visible(keyword: string, but?: BlockNode): Declaration[] {
    const nearest = new Map<string, Declaration>();
    for (const file of [this.file, ...this.direct, ...this.loaded.catalog]) {
      for (const [name, declaration] of file.names.blocks.get(keyword) ?? []) {
        if (!nearest.has(name) && declaration.node !== but) nearest.set(name, declaration);
      }
    }
    return [...nearest.values()];
  }

  /** The names of every visible block of a keyword except `but`, nearest first. */
  namesOf(keyword: string, but?: BlockNode): readonly string[] {
    const cachedNames = but ? undefined : this.names.get(keyword);
    if (cachedNames) return cachedNames;
    const names = this.visible(keyword, but).map(({ name }) => name);
    if (!but) this.names.set(keyword, names);
    return names;
  }

  /** The names of every visible constant, nearest first. */
  get constantNames(): readonly string[] {
    this.namesOfConstants ??= this.visibleConstants().map(({ name }) => name);
    return this.namesOfConstants;
  }

  visibleConstants(): LetDeclaration[] {
    const nearest = new Map<string, LetDeclaration>();
    for (const file of [this.file, ...this.direct]) {
      for (const [name, declaration] of file.names.lets) if (!nearest.has(name)) nearest.set(name, declaration);
    }
    return [...nearest.values()];
  }

  /** The nearest visible block, except `but`, that has this other name in its `known-as` or `huggingface`. */
  alias(keyword: string, name: string, but?: BlockNode): Declaration | undefined {
    const declarationsByAlias = this.aliases.get(keyword) ?? this.aliasesFor(keyword);
    this.aliases.set(keyword, declarationsByAlias);
    return declarationsByAlias.get(plainAlias(name))?.find(({ node }) => node !== but);
  }

  private aliasesFor(keyword: string): ReadonlyMap<string, readonly Declaration[]> {
    const declarationsByAlias = new Map<string, Declaration[]>();
    for (const declaration of this.visible(keyword)) {
      for (const plain of new Set(aliasesOf(declaration).map(plainAlias))) {
        const declarations = declarationsByAlias.get(plain) ?? [];
        declarationsByAlias.set(plain, declarations);
        declarations.push(declaration);
      }
    }
    return declarationsByAlias;
  }

  /** True when a word of the file may name something defined where another finding already stands. */
  doubtful(word: Pick<Word, 'text' | 'span'>): boolean {
    return this.doubts(word, ({ names }) => names.has(word.text));
  }

  /** True when a block of this kind lacks its name, and may be the one that a word of the file means. */
  nameless(keyword: string, word: Word): boolean {
    return this.doubts(word, ({ nameless }) => nameless.has(keyword));
  }

  private doubts({ span }: Pick<Word, 'span'>, holds: (doubt: Doubt) => boolean): boolean {
    if ([this.file, ...this.direct].some(({ names }) => holds(names.anywhere))) return true;
    const { names, source } = this.file;
    if (names.within.size === 0) return false;
    const { items } = source.tree;
    let item = items[firstEndingAt(items, span.end)];
    const seen = new Set<Item>();
    while (item && !seen.has(item)) {
      const doubt = names.within.get(item);
      if (doubt && holds(doubt)) return true;
      seen.add(item);
      const base: BlockNode | undefined =
        item.kind === 'block' && item.base ? names.blocks.get(item.keyword.text)?.get(item.base.text)?.node : undefined;
      item = base;
    }
    return false;
  }

  get hasBrokenImport(): boolean {
    return this.file.imports.some((link) => link.target === undefined);
  }

  /**
   * A file that defines the name and that this file reaches without importing it. Other files that happen to be loaded do not
   * count, because what is said of a text would then depend on what was opened before it.
   */
  elsewhere(keyword: string, name: string): string | undefined {
    this.reached ??= closure(this.file, this.loaded).filter((file) => file !== this.file && !file.isCatalog);
    return this.reached.find((file) => file.names.blocks.get(keyword)?.has(name))?.source.uri;
  }

  private imported<Named>(get: (file: LoadedFile) => Named | undefined): NameMatch<Named> {
    const declarations = this.direct.flatMap((file) => get(file) ?? []);
    return declarations.length > 1 ? { several: declarations } : first(declarations);
  }
}

function first<Named>(candidates: readonly (Named | undefined)[]): NameMatch<Named> {
  const nearest = candidates.find((candidate) => candidate !== undefined);
  return nearest === undefined ? undefined : { one: nearest };
}

export function locationOfDeclaration(declaration: Declaration | LetDeclaration): Location {
  const { node, uri } = declaration;
  return { uri, span: node.kind === 'let' ? node.name.span : (node.name ?? node.keyword).span };
}
