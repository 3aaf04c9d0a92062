import { closure, type Loaded, type LoadedFile } from './imports.ts';
import { originOf } from './moved.ts';
import type { SourceFile } from './source.ts';
import type { Location } from './span.ts';
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
  /** By keyword and then by name; of several with one name the first counts. */
  readonly blocks: ReadonlyMap<string, ReadonlyMap<string, Declaration>>;
  readonly lets: ReadonlyMap<string, LetDeclaration>;
  readonly duplicates: readonly { readonly word: Word; readonly what: string; readonly first: Word }[];
  /**
   * Names that may be defined where a mistake is reported already, in a block with an unknown or misplaced keyword or
   * on a line that the parser could not read: who uses one of them has made no second mistake.
   */
  readonly doubtful: ReadonlySet<string>;
  /** Keywords of blocks whose name is missing. */
  readonly nameless: ReadonlySet<string>;
}

export function fileNames(source: SourceFile): FileNames {
  const { uri, tree } = source;
  const blocks = new Map<string, Map<string, Declaration>>();
  const lets = new Map<string, LetDeclaration>();
  const duplicates: FileNames['duplicates'][number][] = [];
  const doubtful = new Set<string>();
  const nameless = new Set<string>();
  for (const line of brokenLines(source)) addWords(line, doubtful);
  for (const item of tree.items) {
    if (item.kind === 'let') {
      const first = lets.get(item.name.text);
      if (first) duplicates.push({ word: item.name, what: 'constant', first: first.node.name });
      else lets.set(item.name.text, { name: item.name.text, node: item, uri });
    } else if (item.kind === 'property') doubtful.add(item.key.text);
    else if (item.kind === 'block') {
      const inside = doubtfulIn(item);
      for (const name of inside.doubtful) doubtful.add(name);
      for (const keyword of inside.nameless) nameless.add(keyword);
      const spec = blockSpec('file', item.keyword.text);
      if (!spec || !item.name) continue;
      const { text } = item.name;
      const named = blocks.get(spec.keyword) ?? new Map<string, Declaration>();
      blocks.set(spec.keyword, named);
      const first = named.get(text);
      if (first?.node.name) duplicates.push({ word: item.name, what: spec.keyword, first: first.node.name });
      else named.set(text, { keyword: spec.keyword, name: text, node: item, spec, uri });
    }
  }
  return { blocks, lets, duplicates, doubtful, nameless };
}

/** What a top-level block adds to the doubtful and nameless ones: it follows from its text, wherever that stands. */
const doubtfulOf = new WeakMap<BlockNode, Pick<FileNames, 'doubtful' | 'nameless'>>();

function doubtfulIn(block: BlockNode): Pick<FileNames, 'doubtful' | 'nameless'> {
  const origin = originOf(block);
  const known = doubtfulOf.get(origin);
  if (known) return known;
  const found = { doubtful: new Set<string>(), nameless: new Set<string>() };
  collectDoubtful(origin, 'file', found.doubtful, found.nameless);
  doubtfulOf.set(origin, found);
  return found;
}

function collectDoubtful(block: BlockNode, parent: string, doubtful: Set<string>, nameless: Set<string>): void {
  const spec = blockSpec(parent, block.keyword.text);
  // `front { layers = 0..1 }` has a name and lacks its keyword.
  if (!spec) doubtful.add((block.name ?? block.keyword).text);
  else if (!block.name && spec.naming === 'required') nameless.add(spec.keyword);
  for (const item of block.items) {
    if (item.kind === 'block') collectDoubtful(item, block.keyword.text, doubtful, nameless);
    else if (item.kind === 'let') doubtful.add(item.name.text);
  }
}

function brokenLines({ text, tree, lineIndex }: SourceFile): string[] {
  const lines = new Set(
    tree.errors
      .filter((error) => error.rule === 'unexpected-token')
      .map((error) => lineIndex.positionAt(error.span.start).line),
  );
  return [...lines].map((line) => text.slice(lineIndex.lineStart(line), lineIndex.lineEnd(line)));
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
  return node.items.flatMap((item) =>
    item.kind === 'property' && propertySpec(spec, item.key.text)?.aliases ? textsOf(item.value) : [],
  );
}

function textsOf(value: Expression): readonly string[] {
  if (value.kind === 'string') return [value.text];
  return value.kind === 'list' ? value.items.flatMap(textsOf) : [];
}

/** Case, blanks and separators never tell two names apart. */
function plainAlias(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

export type Found<Named> = { readonly one: Named } | { readonly several: readonly Named[] } | undefined;

/** Looks names up as one file sees them: its own first, then its direct imports', then the catalogue's. */
export class Scope {
  readonly file: LoadedFile;
  private readonly loaded: Loaded;
  private readonly constants = new Map<string, Found<LetDeclaration>>();
  private readonly aliases = new Map<string, ReadonlyMap<string, readonly Declaration[]>>();
  private readonly direct: readonly LoadedFile[];
  private reached: readonly LoadedFile[] | undefined;

  constructor(file: LoadedFile, loaded: Loaded) {
    this.file = file;
    this.loaded = loaded;
    const direct = file.imports.flatMap((link) => loaded.files.get(link.target ?? '') ?? []);
    this.direct = [...new Set(direct)].filter((imported) => imported !== file);
  }

  /** `beyond` leaves the file's own names out: the base of `gpu H100-SXM extends H100-SXM` is the catalogue's. */
  block(keyword: string, name: string, beyond = false): Found<Declaration> {
    const get = (file: LoadedFile) => file.names.blocks.get(keyword)?.get(name);
    const own = beyond ? undefined : get(this.file);
    if (own) return { one: own };
    return this.imported(get) ?? first(this.loaded.catalog.filter((file) => file !== this.file).map(get));
  }

  constant(name: string): Found<LetDeclaration> {
    if (!this.constants.has(name)) this.constants.set(name, this.findConstant(name));
    return this.constants.get(name);
  }

  private findConstant(name: string): Found<LetDeclaration> {
    const get = (file: LoadedFile) => file.names.lets.get(name);
    const own = get(this.file);
    return own ? { one: own } : this.imported(get);
  }

  /** Every visible declaration of a keyword but one, nearest first, without those that a nearer one hides. */
  visible(keyword: string, but?: BlockNode): Declaration[] {
    const found = new Map<string, Declaration>();
    for (const file of [this.file, ...this.direct, ...this.loaded.catalog]) {
      for (const [name, declaration] of file.names.blocks.get(keyword) ?? []) {
        if (!found.has(name) && declaration.node !== but) found.set(name, declaration);
      }
    }
    return [...found.values()];
  }

  visibleConstants(): LetDeclaration[] {
    const found = new Map<string, LetDeclaration>();
    for (const file of [this.file, ...this.direct]) {
      for (const [name, declaration] of file.names.lets) if (!found.has(name)) found.set(name, declaration);
    }
    return [...found.values()];
  }

  /** The nearest visible block of a kind that goes by another name, but for one: what its `known-as` or `huggingface` says. */
  alias(keyword: string, name: string, but?: BlockNode): Declaration | undefined {
    const known = this.aliases.get(keyword) ?? this.aliasesFor(keyword);
    this.aliases.set(keyword, known);
    return known.get(plainAlias(name))?.find(({ node }) => node !== but);
  }

  private aliasesFor(keyword: string): ReadonlyMap<string, readonly Declaration[]> {
    const found = new Map<string, Declaration[]>();
    for (const declaration of this.visible(keyword)) {
      for (const plain of new Set(aliasesOf(declaration).map(plainAlias))) {
        const named = found.get(plain) ?? [];
        found.set(plain, named);
        named.push(declaration);
      }
    }
    return found;
  }

  /** True when the name may well be defined where another finding stands already. */
  doubtful(name: string): boolean {
    return this.file.names.doubtful.has(name) || this.direct.some((file) => file.names.doubtful.has(name));
  }

  /** True when a block of this kind lacks its name here: it may be the one that is sought. */
  nameless(keyword: string): boolean {
    return this.file.names.nameless.has(keyword) || this.direct.some((file) => file.names.nameless.has(keyword));
  }

  get hasBrokenImport(): boolean {
    return this.file.imports.some((link) => link.target === undefined);
  }

  /**
   * A file that defines the name and that this file reaches without importing it. Other files that happen to be loaded do
   * not count: what is said of a text would depend on what was opened before it.
   */
  elsewhere(keyword: string, name: string): string | undefined {
    this.reached ??= closure(this.file, this.loaded).filter((file) => file !== this.file && !file.isCatalog);
    return this.reached.find((file) => file.names.blocks.get(keyword)?.has(name))?.source.uri;
  }

  private imported<Named>(get: (file: LoadedFile) => Named | undefined): Found<Named> {
    const found = this.direct.flatMap((file) => get(file) ?? []);
    return found.length > 1 ? { several: found } : first(found);
  }
}

function first<Named>(found: readonly (Named | undefined)[]): Found<Named> {
  const one = found.find((named) => named !== undefined);
  return one === undefined ? undefined : { one };
}

export function locationOfDeclaration(declaration: Declaration | LetDeclaration): Location {
  const { node, uri } = declaration;
  return { uri, span: node.kind === 'let' ? node.name.span : (node.name ?? node.keyword).span };
}
