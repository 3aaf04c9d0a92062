import {
  type Connection,
  DocumentHighlightKind,
  FoldingRangeKind,
  type DocumentSymbol as LspDocumentSymbol,
  MarkupKind,
  SemanticTokensBuilder,
  SymbolKind,
} from 'vscode-languageserver';
import type { Span } from '../language/span.ts';
import type { Analysis } from '../services/analysis.ts';
import {
  SEMANTIC_TOKEN_MODIFIERS,
  SEMANTIC_TOKEN_TYPES,
  semanticTokens,
} from '../services/annotations/semanticTokens.ts';
import { hover } from '../services/hover/hover.ts';
import { definition } from '../services/navigation/definition.ts';
import { documentLinks } from '../services/navigation/documentLinks.ts';
import { foldingRanges } from '../services/navigation/folding.ts';
import { references } from '../services/navigation/references.ts';
import { type DocumentSymbol, documentSymbols } from '../services/navigation/symbols.ts';
import { prepareRename } from '../services/refactor/rename.ts';
import { oneLine } from '../text/visible.ts';
import { Answers, refuse } from './answers.ts';
import { toLocation, toRange } from './convert.ts';
import { registerUses } from './uses.ts';
import type { Workspace } from './workspace.ts';

/** Each request is an answer of `services/` whose offsets are turned into positions. */
export function registerFeatures(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  const range = answers.range.bind(answers);

  connection.onHover(
    answers.laterAt((analysis, offset) => {
      const hoverText = hover(analysis, offset);
      return hoverText
        ? { contents: { kind: MarkupKind.Markdown, value: hoverText.markdown }, range: range(analysis, hoverText.span) }
        : null;
    }),
  );
  connection.onDefinition(
    answers.at((analysis, offset) => {
      const definitionPlace = definition(analysis, offset);
      return (definitionPlace && toLocation(definitionPlace, workspace)) ?? null;
    }),
  );
  connection.onDocumentHighlight(
    answers.at((analysis, offset) =>
      references(analysis, offset, true)
        .filter((reference) => reference.uri === analysis.uri)
        .map(({ span }, index) => ({
          range: range(analysis, span),
          // The definition comes first where it stands in this file.
          kind: index === 0 && isDefinedAt(analysis, span) ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        })),
    ),
  );
  connection.onPrepareRename(
    answers.at((analysis, offset) => {
      const prepared = prepareRename(analysis, offset);
      return 'refused' in prepared ? refuse(prepared.refused) : range(analysis, prepared.span);
    }),
  );
  registerUses(connection, workspace, answers);
  connection.onDocumentSymbol(
    answers.of((analysis) => documentSymbols(analysis).map((symbol) => toSymbol(symbol, analysis))),
  );
  connection.onFoldingRanges(
    answers.of((analysis) =>
      foldingRanges(analysis).map(({ startLine, endLine, kind }) => ({
        startLine,
        endLine,
        ...(kind !== 'block' && { kind: FOLD_KINDS[kind] }),
      })),
    ),
  );
  connection.onDocumentLinks(
    answers.of((analysis) =>
      documentLinks(analysis).flatMap((link) => {
        const target = 'rule' in link ? workspace.pageOf(link.rule) : link.target;
        return target === undefined ? [] : [{ range: range(analysis, link.span), target }];
      }),
    ),
  );
  connection.languages.semanticTokens.on((params) => {
    const analysis = workspace.analysis(params.textDocument.uri);
    const builder = new SemanticTokensBuilder();
    if (!analysis) return builder.build();
    for (const token of semanticTokens(analysis)) {
      const { line, character } = analysis.source.lineIndex.positionAt(token.start);
      const modifiers = SEMANTIC_TOKEN_MODIFIERS.reduce(
        (bits, name, index) => (token[name] ? bits | (1 << index) : bits),
        0,
      );
      builder.push(line, character, token.end - token.start, SEMANTIC_TOKEN_TYPES.indexOf(token.type), modifiers);
    }
    return builder.build();
  });
}

/** Whether the name at a place is defined there, not used. */
function isDefinedAt(analysis: Analysis, { start }: Span): boolean {
  const definitionPlace = definition(analysis, start);
  return definitionPlace?.uri === analysis.uri && definitionPlace.span.start === start;
}

/** A block has no kind, because `Fold All Regions` is about marked regions. */
const FOLD_KINDS = {
  region: FoldingRangeKind.Region,
  comment: FoldingRangeKind.Comment,
  imports: FoldingRangeKind.Imports,
} as const;

const SYMBOL_KINDS: Readonly<Record<DocumentSymbol['kind'], SymbolKind>> = {
  block: SymbolKind.Class,
  property: SymbolKind.Property,
  constant: SymbolKind.Constant,
  compare: SymbolKind.Event,
};

function toSymbol(symbol: DocumentSymbol, analysis: Analysis): LspDocumentSymbol {
  const { lineIndex } = analysis.source;
  return {
    name: oneLine(symbol.name),
    detail: oneLine(symbol.detail),
    kind: SYMBOL_KINDS[symbol.kind],
    range: toRange(lineIndex, symbol.span),
    selectionRange: toRange(lineIndex, symbol.nameSpan),
    children: symbol.children.map((child) => toSymbol(child, analysis)),
  };
}
