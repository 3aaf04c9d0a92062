import type { ConfigLink } from './analysis.ts';
import type { Draft, Entity, TextFile } from './entity.ts';
import { firstNotBelow } from './halving.ts';
import type { NamedFiles } from './namedFiles.ts';
import type { Resolver } from './resolver.ts';
import type { SourceFile } from './source.ts';
import { encloses, type Span } from './span.ts';
import type { BlockNode, StringLiteral } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';

/** One file while its blocks are read, and what was met in it so far. */
export class Reading {
  readonly resolver: Resolver;
  readonly source: SourceFile;
  /** The entity of every block that was read or taken over. Those of blocks inside a block that was taken over are left out. */
  readonly entities = new Map<BlockNode, Entity>();
  readonly configs: ConfigLink[] = [];
  private readonly files: NamedFiles;
  private readonly textsRead: { readonly span: Span; readonly file: TextFile | undefined }[] = [];
  private readonly errorStarts: readonly number[];

  constructor(resolver: Resolver, files: NamedFiles) {
    this.resolver = resolver;
    this.source = resolver.scope.file.source;
    this.files = files;
    this.errorStarts = this.source.tree.errors
      // A flag is read as far as possible, and its finding is made as that of a property.
      .filter(({ rule }) => rule !== 'unknown-property')
      .map(({ span }) => span.start)
      .sort((left, right) => left - right);
  }

  /** A block of which nothing is read yet but what it inherits. */
  draft(node: BlockNode, spec: BlockSpec, base: Entity | undefined): Draft {
    const draft: Draft = {
      spec,
      keyword: spec.keyword,
      uri: this.source.uri,
      node,
      properties: new Map(base?.properties),
      children: [],
      edges: [...(base?.edges ?? [])],
      entries: [...(base?.entries ?? [])],
      placements: [...(base?.placements ?? [])],
      rejected: new Set(base?.rejected),
      unread: false,
      uses: [],
      base,
      config: base?.config,
    };
    if (node.name) draft.name = node.name.text;
    draft.unread = (base?.unread ?? false) || this.hasSyntaxError(node.span);
    if (base?.incomplete || draft.unread) draft.incomplete = true;
    return draft;
  }

  readConfig(path: StringLiteral, node: BlockNode): Entity['config'] {
    const { link, config } = this.files.config(path, node, this.resolver);
    this.configs.push(link);
    return config;
  }

  /** The deployment that a launch is; undefined where it could not be read, which is reported. */
  readLaunch(path: StringLiteral, node: BlockNode): Entity | undefined {
    const { link, deployment } = this.files.launched(path, node, this.resolver);
    this.configs.push(link);
    return deployment;
  }

  readText(path: StringLiteral, node: BlockNode): TextFile | undefined {
    const file = this.files.text(path, node, this.resolver);
    this.textsRead.push({ span: path.span, file });
    return file;
  }

  /** The files that properties in the span name. One that was not found is undefined. */
  textsIn(span: Span): readonly (TextFile | undefined)[] {
    return this.textsRead.filter((read) => encloses(span, read.span)).map(({ file }) => file);
  }

  /** Whether the parser has reported something that starts in the span. */
  hasSyntaxError(span: Span): boolean {
    const starts = this.errorStarts;
    const next = starts[firstNotBelow(starts.length, (index) => starts[index] ?? 0, span.start)];
    return next !== undefined && next < span.end;
  }
}
