import type { BlockNode } from '../language/tree.ts';
import { PREFERRED_UNITS } from '../language/units.ts';
import { COMPARE_CLAIMS } from '../language/vocabulary/deployment.ts';
import { choicesOf, describeType, exampleValue } from '../language/vocabulary/describe.ts';
import type { BlockSpec, PropertySpec, ValueType } from '../language/vocabulary/spec.ts';
import { childBlocks, STATEMENT_KEYWORDS } from '../language/vocabulary/vocabulary.ts';
import { type Analysis, entityOfBlock } from './analysis.ts';
import { specOf } from './place.ts';

export interface CompletionItem {
  readonly label: string;
  readonly kind: 'keyword' | 'property' | 'value' | 'name' | 'unit' | 'snippet';
  readonly detail: string;
  readonly doc?: string;
  /** Text to insert; with `$1`, `$0` where `isSnippet`. */
  readonly insert: string;
  readonly isSnippet?: boolean;
  /** Smaller comes first. */
  readonly order: number;
}

/** What may be written at the offset, judged by the text before it on its line and the blocks around it. */
export function complete(analysis: Analysis, offset: number): readonly CompletionItem[] {
  const { source } = analysis;
  const before = source.text.slice(source.lineIndex.lineStart(source.lineIndex.positionAt(offset).line), offset);
  if (isInsideCommentOrString(analysis, offset)) return [];
  const blocks = blocksAround(analysis, offset);
  const statement = before.slice(
    Math.max(before.lastIndexOf('{'), before.lastIndexOf(','), before.lastIndexOf('}')) + 1,
  );
  const assignment = /([\p{L}][\p{L}\p{N}.-]*)\s*(?:=|>=|<=)\s*([^=]*)$/u.exec(before);
  const inList = assignment !== null && /\[[^\]]*$/.test(assignment[2] ?? '');
  if (assignment && (inList || /(?:=|>=|<=)/.test(statement)))
    return values(analysis, blocks, assignment[1] ?? '', assignment[2] ?? '');
  if (/^\s*compare\s/.test(before)) return deploymentNames(analysis);
  const base = /^\s*([\p{L}-]+)\s+\S+\s+extends\s+\S*$/u.exec(before);
  if (base) return names(analysis, base[1] ?? '');
  if (/->\s*\S*$/.test(statement)) return stages(analysis, blocks);
  return /^\s*[\p{L}\p{N}.-]*$/u.test(statement) ? statements(analysis, blocks) : [];
}

function isInsideCommentOrString({ source }: Analysis, offset: number): boolean {
  return source.tokens.some(
    ({ kind, start, end }) =>
      (kind === 'line-comment' && start < offset && offset <= end) ||
      ((kind === 'block-comment' || kind === 'string') && start < offset && offset < end),
  );
}

function blocksAround({ source }: Analysis, offset: number): readonly BlockNode[] {
  const blocks: BlockNode[] = [];
  let items = source.tree.items;
  for (;;) {
    const block = items.find(
      (item): item is BlockNode =>
        item.kind === 'block' &&
        item.body.start < offset &&
        (item.closed ? offset < item.body.end : offset <= item.body.end),
    );
    if (!block) return blocks;
    blocks.push(block);
    items = block.items;
  }
}

function statements(analysis: Analysis, blocks: readonly BlockNode[]): readonly CompletionItem[] {
  const spec = specOf(blocks);
  const parent = blocks.at(-1)?.keyword.text ?? 'file';
  if (blocks.length > 0 && !spec) return [];
  const block = blocks.at(-1);
  const entity = block && entityOfBlock(analysis, block);
  const properties = (spec?.properties ?? []).filter(
    (property) => entity?.properties.get(property.name)?.node === undefined || entity.base !== undefined,
  );
  const isTop = parent === 'file';
  return [
    ...properties.map(propertyItem),
    ...childBlocks(parent).map(blockItem),
    ...(isTop ? STATEMENT_KEYWORDS.filter((keyword) => keyword !== 'expert').map(keywordItem) : []),
    ...(spec?.holds?.includes('placements')
      ? [snippet('expert', 'expert ${1:0..3} on gpu ${2:0}', 'Places experts by hand.')]
      : []),
    ...(spec?.holds?.includes('edges') ? stages(analysis, blocks) : []),
  ];
}

function propertyItem(property: PropertySpec, index: number): CompletionItem {
  return {
    label: property.name,
    kind: 'property',
    detail: describeType(property.type),
    doc: property.doc,
    insert: `${property.name} = \${1:${exampleValue(property).replace(/[$}\\]/g, '\\$&')}}`,
    isSnippet: true,
    order: (property.required ? 0 : 100) + index,
  };
}

function blockItem(block: BlockSpec, index: number): CompletionItem {
  const name = block.naming === 'required' ? ' ${1:name}' : '';
  return {
    label: block.keyword,
    kind: 'keyword',
    detail: 'block',
    doc: block.doc,
    insert: `${block.keyword}${name} {\n\t$0\n}`,
    isSnippet: true,
    order: 200 + index,
  };
}

function keywordItem(keyword: string): CompletionItem {
  const text =
    { import: 'import "${1:./file.moeplan}"', let: 'let ${1:name} = $0', compare: 'compare ${1:first}, ${2:second}' }[
      keyword
    ] ?? keyword;
  return snippet(keyword, text, `${keyword} statement`);
}

function snippet(label: string, insert: string, detail: string): CompletionItem {
  return { label, kind: 'snippet', detail, insert, isSnippet: true, order: 300 };
}

function values(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  key: string,
  written: string,
): readonly CompletionItem[] {
  const spec =
    specOf(blocks)?.properties.find((property) => property.name === key) ??
    COMPARE_CLAIMS.find((claim) => claim.name === key);
  if (!spec) return [];
  if (/\d[\d_.]*\s*\S*$/.test(written)) return unitsOf(spec.type);
  return [...choices(spec.type), ...referencesOf(analysis, spec.type), ...examples(spec)];
}

function choices(type: ValueType): CompletionItem[] {
  return choicesOf(type).map((choice, index) => ({
    label: choice.name,
    kind: 'value',
    detail: choice.doc,
    insert: choice.name,
    order: index,
  }));
}

function unitsOf(type: ValueType): CompletionItem[] {
  if (type.kind !== 'quantity') return [];
  return PREFERRED_UNITS[type.dimension].map((unit, index) => ({
    label: unit,
    kind: 'unit',
    detail: 'unit',
    insert: unit,
    order: index,
  }));
}

function examples(spec: PropertySpec): CompletionItem[] {
  if (spec.type.kind !== 'quantity' && spec.type.kind !== 'indexes' && spec.type.kind !== 'integer') return [];
  const value = exampleValue(spec);
  return [{ label: value, kind: 'value', detail: 'for example', doc: spec.doc, insert: value, order: 500 }];
}

function referencesOf(analysis: Analysis, type: ValueType): readonly CompletionItem[] {
  return type.kind === 'reference' ? names(analysis, type.to) : [];
}

function names({ program, uri }: Analysis, keyword: string): readonly CompletionItem[] {
  return program.entities
    .filter((entity) => entity.keyword === keyword && entity.name)
    .map((entity) => {
      const isOwn = entity.uri === uri;
      const isCatalog = program.analyses.get(entity.uri)?.isCatalog === true;
      const facts = [...entity.properties.values()]
        .slice(0, 4)
        .map(({ node }) => textOf(program.files.get(entity.uri)?.text, node.span));
      return {
        label: entity.name ?? '',
        kind: 'name' as const,
        detail: `${keyword}${isCatalog ? ' of the catalogue' : ''}`,
        doc: facts.join(', '),
        insert: entity.name ?? '',
        order: isOwn ? 0 : isCatalog ? 200 : 100,
      };
    });
}

function textOf(text: string | undefined, { start, end }: { readonly start: number; readonly end: number }): string {
  return (text ?? '').slice(start, end).replace(/\s+/g, ' ');
}

function deploymentNames(analysis: Analysis): readonly CompletionItem[] {
  return names(analysis, 'deployment').filter(({ order }) => order < 200);
}

function stages(analysis: Analysis, blocks: readonly BlockNode[]): readonly CompletionItem[] {
  const block = blocks.at(-1);
  const entity = block && entityOfBlock(analysis, block);
  return (entity?.children ?? [])
    .filter((child) => child.name && ['stage', 'pool', 'operator'].includes(child.keyword))
    .map((child, index) => ({
      label: child.name ?? '',
      kind: 'name',
      detail: child.keyword,
      insert: child.name ?? '',
      order: 400 + index,
    }));
}
