import type { Span } from '../../language/span.ts';
import type { BlockNode, Item } from '../../language/tree.ts';
import type { Analysis } from '../analysis.ts';

export interface DocumentSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'block' | 'property' | 'constant' | 'compare';
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly DocumentSymbol[];
}

/** The outline: blocks with their contents. It survives broken text because the tree does. */
export function documentSymbols(analysis: Analysis): readonly DocumentSymbol[] {
  return analysis.source.tree.items.flatMap(symbolOf);
}

function symbolOf(item: Item): DocumentSymbol[] {
  switch (item.kind) {
    case 'block':
      return [blockSymbol(item)];
    case 'let':
      return item.name.text === ''
        ? []
        : [
            {
              name: item.name.text,
              detail: 'let',
              kind: 'constant',
              span: item.span,
              nameSpan: item.name.span,
              children: [],
            },
          ];
    case 'compare':
      return [
        {
          name: `compare ${item.names.map((name) => name.text).join(', ')}`,
          detail: '',
          kind: 'compare',
          span: item.span,
          nameSpan: item.keyword.span,
          children: [],
        },
      ];
    case 'property':
      return item.key.text === ''
        ? []
        : [
            {
              name: item.key.text,
              detail: '',
              kind: 'property',
              span: item.span,
              nameSpan: item.key.span,
              children: [],
            },
          ];
    default:
      return [];
  }
}

function blockSymbol(block: BlockNode): DocumentSymbol {
  const named = block.name && block.name.text !== '';
  return {
    name: named ? (block.name?.text ?? '') : block.keyword.text || '{',
    detail: named ? block.keyword.text : '',
    kind: 'block',
    span: block.span,
    nameSpan: (block.name ?? block.keyword).span,
    children: block.items.flatMap(symbolOf),
  };
}
