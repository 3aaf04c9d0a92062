import {
  type CancellationToken,
  type Connection,
  FoldingRangeKind,
  LSPErrorCodes,
  type DocumentSymbol as LspDocumentSymbol,
  MarkupKind,
  type ReferenceParams,
  type RenameParams,
  ResponseError,
  SemanticTokensBuilder,
  SymbolKind,
  type WorkDoneProgressParams,
  type WorkDoneProgressReporter,
} from 'vscode-languageserver';
import type { Location } from '../language/span.ts';
import type { Analysis } from '../services/analysis.ts';
import { definition } from '../services/definition.ts';
import { documentLinks } from '../services/documentLinks.ts';
import { foldingRanges } from '../services/folding.ts';
import { hover } from '../services/hover.ts';
import { nameOf, references, targetOf, usesInFile } from '../services/references.ts';
import { prepareRename, rename } from '../services/rename.ts';
import { SEMANTIC_TOKEN_MODIFIERS, SEMANTIC_TOKEN_TYPES, semanticTokens } from '../services/semanticTokens.ts';
import { type DocumentSymbol, documentSymbols } from '../services/symbols.ts';
import { Answers, modified, type PositionParams } from './answers.ts';
import { toLocation, toRange, toWorkspaceEdit } from './convert.ts';
import { type Asked, visitInTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/** Each request is an answer of `services/` with its offsets turned into positions. */
export function registerFeatures(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  const range = answers.range.bind(answers);

  connection.onHover(
    answers.at((analysis, offset) => {
      const found = hover(analysis, offset);
      return found
        ? { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: range(analysis, found.span) }
        : null;
    }),
  );
  connection.onDefinition(
    answers.at((analysis, offset) => {
      const found = definition(analysis, offset);
      return (found && toLocation(found, workspace)) ?? null;
    }),
  );
  connection.onDocumentHighlight(
    answers.at((analysis, offset) =>
      references(analysis, offset, true)
        .filter((each) => each.uri === analysis.uri)
        .map(({ span }) => ({ range: range(analysis, span) })),
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
        kind: { region: FoldingRangeKind.Region, comment: FoldingRangeKind.Comment, imports: FoldingRangeKind.Imports }[
          kind
        ],
      })),
    ),
  );
  connection.onDocumentLinks(
    answers.of((analysis) =>
      documentLinks(analysis).map(({ span, target }) => ({ range: range(analysis, span), target })),
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

/** What is asked of every plan of the workspace: who imports a file is known only to the importer. */
function registerUses(connection: Connection, workspace: Workspace, answers: Answers): void {
  const elsewhere = async (analysis: Analysis, offset: number, asked: Asked): Promise<readonly Location[]> => {
    const target = targetOf(analysis, offset);
    if (!target) return [];
    const name = nameOf(target);
    const found: Location[] = [];
    const isCandidate = (uri: string) =>
      !analysis.program.files.has(uri) && (workspace.sources.read(uri)?.includes(name) ?? false);
    const look = (uri: string) => {
      const other = isCandidate(uri) ? workspace.analysisOfPlan(uri) : undefined;
      if (other) found.push(...usesInFile(other, target));
    };
    const isKnown = (uri: string) => workspace.isAnalysed(uri);
    await visitInTurns(workspace.planUris(), look, connection, asked, 'Looking for uses', isKnown);
    return found;
  };
  const withOthers =
    <Params extends PositionParams & WorkDoneProgressParams, Answer>(
      answer: (analysis: Analysis, offset: number, params: Params, others: readonly Location[]) => Answer,
    ) =>
    async (params: Params, token: CancellationToken, workDone: WorkDoneProgressReporter): Promise<Answer | null> => {
      const { uri } = params.textDocument;
      const analysis = workspace.analysis(uri);
      if (!analysis) return null;
      const offset = analysis.source.lineIndex.offsetAt(params.position);
      const asked = { token, ...(params.workDoneToken !== undefined && { workDone }) };
      const others = await elsewhere(analysis, offset, asked);
      if (workspace.analysis(uri)?.source !== analysis.source) throw modified();
      return answer(analysis, offset, params, others);
    };
  connection.onReferences(
    withOthers((analysis, offset, { context }: ReferenceParams, others) =>
      answers.locations([...references(analysis, offset, context.includeDeclaration), ...others]),
    ),
  );
  connection.onRenameRequest(
    withOthers((analysis, offset, { newName }: RenameParams, others) => {
      const result = rename(analysis, offset, newName, others);
      return 'refused' in result ? refuse(result.refused) : toWorkspaceEdit(result.edits, workspace);
    }),
  );
}

/** The editor shows the message of a failed request to the person who asked. */
function refuse(reason: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, reason);
}

const SYMBOL_KINDS: Readonly<Record<DocumentSymbol['kind'], SymbolKind>> = {
  block: SymbolKind.Class,
  property: SymbolKind.Property,
  constant: SymbolKind.Constant,
  compare: SymbolKind.Event,
};

function toSymbol(symbol: DocumentSymbol, analysis: Analysis): LspDocumentSymbol {
  const { lineIndex } = analysis.source;
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: SYMBOL_KINDS[symbol.kind],
    range: toRange(lineIndex, symbol.span),
    selectionRange: toRange(lineIndex, symbol.nameSpan),
    children: symbol.children.map((child) => toSymbol(child, analysis)),
  };
}
