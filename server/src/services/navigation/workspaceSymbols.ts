import type { SourceFile } from '../../language/source.ts';
import type { Location } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';

export interface WorkspaceSymbol extends Location {
  readonly name: string;
  readonly kind: 'block' | 'constant';
  /** The block's keyword, and the deployment around a stage or pool. */
  readonly container: string;
}

/** Names of blocks and constants in any of the files that contain the letters of the query in order, best first. */
export function workspaceSymbols(files: Iterable<SourceFile>, query: string): readonly WorkspaceSymbol[] {
  const ranked: { readonly symbol: WorkspaceSymbol; readonly rank: number }[] = [];
  const add = (symbol: WorkspaceSymbol) => {
    const rank = rankOf(symbol.name, query);
    if (rank !== undefined) ranked.push({ symbol, rank });
  };
  for (const { uri, tree } of files) {
    for (const item of tree.items) {
      if (item.kind === 'block') {
        for (const symbol of symbolsOf(item, uri, '')) add(symbol);
      } else if (item.kind === 'let' && item.name.text !== '')
        add({ name: item.name.text, kind: 'constant', container: 'let', uri, span: item.name.span });
    }
  }
  return ranked
    .sort((left, right) => left.rank - right.rank || compare(left.symbol.name, right.symbol.name))
    .map(({ symbol }) => symbol);
}

function symbolsOf(block: BlockNode, uri: string, around: string): WorkspaceSymbol[] {
  const { name, keyword } = block;
  const symbols: WorkspaceSymbol[] =
    name && name.text !== ''
      ? [
          {
            name: name.text,
            kind: 'block',
            container: around === '' ? keyword.text : `${keyword.text} of ${around}`,
            uri,
            span: name.span,
          },
        ]
      : [];
  const inside = block.items.flatMap((item) =>
    item.kind === 'block' ? symbolsOf(item, uri, name?.text ?? around) : [],
  );
  return [...symbols, ...inside];
}

/** 0 for the name itself, then names that start with the query, that contain it, and that contain its letters in order. */
function rankOf(name: string, query: string): number | undefined {
  const [text, wanted] = [name.toLowerCase(), query.toLowerCase()];
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  if (text.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return undefined;
  }
  return 3;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
