import {
  type CallHierarchyItem,
  type Connection,
  type WorkspaceSymbol as LspWorkspaceSymbol,
  type Position,
  type SelectionRange,
  SymbolKind,
} from 'vscode-languageserver';
import type { SourceFile } from '../language/source.ts';
import {
  type HierarchyCall,
  type HierarchyItem,
  type PlacedThing,
  placedBy,
  places,
  prepareHierarchy,
} from '../services/navigation/placementHierarchy.ts';
import { selectionRanges } from '../services/navigation/selection.ts';
import { typeDefinition } from '../services/navigation/typeDefinition.ts';
import { workspaceSymbols } from '../services/navigation/workspaceSymbols.ts';
import { linkedRanges } from '../services/refactor/linkedEditing.ts';
import { oneLine } from '../text/visible.ts';
import { Answers, type DocumentParams } from './answers.ts';
import { toLocation, toRange } from './convert.ts';
import { visitInTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/** Editors show these as a list, and nobody scrolls through more. */
const MOST_SYMBOLS = 500;

export function registerNavigation(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);

  connection.onTypeDefinition(
    answers.at((analysis, offset) => {
      const definitionPlace = typeDefinition(analysis, offset);
      return (definitionPlace && toLocation(definitionPlace, workspace)) ?? null;
    }),
  );
  connection.onSelectionRanges(
    answers.of((analysis, { positions }: DocumentParams & { readonly positions: readonly Position[] }) =>
      positions.map((position) => {
        const { lineIndex } = analysis.source;
        const spans = selectionRanges(analysis.source, lineIndex.offsetAt(position));
        const innermost = spans.reduceRight<SelectionRange | undefined>(
          (parent, span) => ({ range: toRange(lineIndex, span), ...(parent && { parent }) }),
          undefined,
        );
        return innermost ?? { range: { start: position, end: position } };
      }),
    ),
  );
  connection.languages.onLinkedEditingRange(
    answers.at((analysis, offset) => {
      const ranges = linkedRanges(analysis, offset).map((span) => answers.range(analysis, span));
      return ranges.length > 0 ? { ranges } : null;
    }),
  );
  connection.onWorkspaceSymbol(async ({ query, workDoneToken }, token, workDone) => {
    const uris = [...workspace.planUris(), ...workspace.sources.catalog()];
    const sources = new Map<string, SourceFile>();
    const read = (uri: string) => {
      const source = workspace.source(uri);
      if (source) sources.set(uri, source);
    };
    const asked = { token, ...(workDoneToken !== undefined && { workDone }) };
    await visitInTurns(uris, read, connection, asked, 'Reading plans', (uri) => workspace.isAnalysed(uri));
    return workspaceSymbols(sources.values(), query)
      .slice(0, MOST_SYMBOLS)
      .flatMap(({ name, kind, container, ...place }): LspWorkspaceSymbol[] => {
        const location = toLocation(place, workspace);
        return location
          ? [{ name: oneLine(name), kind: SYMBOL_KINDS[kind], containerName: oneLine(container), location }]
          : [];
      });
  });
  registerHierarchy(connection, workspace, answers);
}

const SYMBOL_KINDS = { block: SymbolKind.Class, constant: SymbolKind.Constant } as const;

function registerHierarchy(connection: Connection, workspace: Workspace, answers: Answers): void {
  /** Each item carries the document in which it was requested, because what it leads to may stand in another one. */
  const toItem = (item: HierarchyItem, root: string): CallHierarchyItem | undefined => {
    const location = toLocation(item, workspace);
    return (
      location && {
        name: oneLine(item.name),
        detail: oneLine(item.detail),
        kind: item.thing ? SymbolKind.Object : SymbolKind.Class,
        uri: location.uri,
        range: location.range,
        selectionRange: location.range,
        data: { root, thing: item.thing },
      }
    );
  };
  const calls = (
    { data }: CallHierarchyItem,
    find: typeof placedBy,
  ): { item: CallHierarchyItem; fromRanges: CallHierarchyItem['range'][] }[] => {
    const itemData = readData(data);
    const analysis = itemData && workspace.analysis(itemData.root);
    if (!itemData || !analysis) return [];
    return find(analysis, itemData.thing).flatMap(({ item, spans }: HierarchyCall) => {
      const converted = toItem(item, itemData.root);
      const lines = workspace.linesOf(item.uri);
      return converted && lines ? [{ item: converted, fromRanges: spans.map((span) => toRange(lines, span)) }] : [];
    });
  };

  connection.languages.callHierarchy.onPrepare(
    answers.at((analysis, offset) => {
      const hierarchyItem = prepareHierarchy(analysis, offset);
      const item = hierarchyItem && toItem(hierarchyItem, analysis.uri);
      return item ? [item] : null;
    }),
  );
  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    calls(item, placedBy).map(({ item: from, fromRanges }) => ({ from, fromRanges })),
  );
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
    calls(item, places).map(({ item: to }) => ({ to, fromRanges: [item.selectionRange] })),
  );
}

/** What `toItem` put into an item, as it comes back from the editor. */
function readData(data: unknown): { readonly root: string; readonly thing: PlacedThing } | undefined {
  if (!isRecord(data) || typeof data.root !== 'string' || !isRecord(data.thing)) return undefined;
  const { kind, index, deployment } = data.thing;
  if ((kind !== 'gpu' && kind !== 'expert') || typeof index !== 'number' || typeof deployment !== 'string')
    return undefined;
  return { root: data.root, thing: { kind, index, deployment } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
