import { type Command, type Connection, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host, HostSources } from '../host/host.ts';
import type { Reading } from '../host/knownTexts.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { unreadFinding } from '../language/rules/file-not-read.ts';
import type { SourceFile, Sources } from '../language/source.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../services/analysis.ts';
import type { KnownFiles } from '../services/completion/completion.ts';
import { type Checked, carriedFindings } from '../services/findings/carried.ts';
import { adjusted, type Diagnosed, diagnose, diagnosing } from '../services/findings/diagnostics.ts';
import type { LaunchedDeployments } from '../services/launches/launchedDeployments.ts';
import type { Conversion } from './convert.ts';
import { readSettings, type Settings } from './settings.ts';
import { inTurns } from './turns.ts';

/**
 * With more predictions than this to make, a reader would wait for the first findings. They are counted, not timed, so that equal
 * texts behave alike.
 */
const FEW_PREDICTIONS = 8;

/** The open documents and what is known about each. All of it can be rebuilt from their texts at any time. */
export class Workspace implements Conversion, KnownFiles {
  readonly documents = new TextDocuments(TextDocument);
  readonly sources: HostSources;
  settings: Settings = readSettings({});
  /** Resolves once the editor has told its settings. Findings that settings may switch off wait for it. */
  configured: Promise<void> = Promise.resolve();
  /** The editor can make files as part of an edit. */
  canCreateFiles = false;
  /** The editor's own command that opens its list of suggestions, if the editor has named one. */
  suggestCommand: Omit<Command, 'title'> | undefined;
  readonly syncKind = TextDocumentSyncKind.Incremental;
  private cache = new AnalysisCache();
  private readonly analyses = new Map<string, Analysis>();
  private readonly findingsOf = new Map<string, readonly Diagnostic[]>();
  /** What was shown of open documents last, until they are closed. */
  private readonly lastShown = new Map<string, Checked>();
  private readonly host: Host;
  private readonly tell: (sentence: string) => void;
  private readonly toldSentences = new Set<string>();
  private folders: readonly string[] = [];
  private readonly files = new Map<string, readonly string[]>();

  /** `tell` gets one sentence for each place below the workspace's folders that is not searched, and each sentence only once. */
  constructor(host: Host, tell: (sentence: string) => void = () => undefined) {
    this.tell = tell;
    this.host = host;
    this.sources = host.sources((uri) => this.documents.get(uri)?.getText());
  }

  listen(connection: Connection): void {
    this.documents.listen(connection);
  }

  /** The analysis of an open document as its text is now. */
  analysis(uri: string): Analysis | undefined {
    return this.documents.get(uri) ? this.analysisOfPlan(uri) : undefined;
  }

  /** Whether the analysis of a file is at hand. */
  isAnalysed(uri: string): boolean {
    return this.analyses.has(uri);
  }

  /** The analysis of a plan of the workspace, open or not. */
  analysisOfPlan(uri: string): Analysis | undefined {
    if (this.sources.read(uri) === undefined) return undefined;
    let analysis = this.analyses.get(uri);
    if (!analysis) {
      analysis = analyseDocument(uri, this.sources, this.cache);
      this.analyses.set(uri, analysis);
    }
    return analysis;
  }

  /** Launches that were read, as plans or for themselves. */
  get launches(): LaunchedDeployments {
    return this.cache.launches;
  }

  /** The analysis of a text that is no file and no document: the plan of a launch. */
  analysisOver(uri: string, sources: Sources): Analysis {
    return analyseDocument(uri, sources, this.cache);
  }

  diagnostics(uri: string): readonly Diagnostic[] {
    const cachedFindings = this.findingsOf.get(uri);
    if (cachedFindings) return cachedFindings;
    const analysis = this.analysisOfPlan(uri);
    const unread = analysis ? undefined : this.sources.unread(uri);
    const findings = analysis
      ? diagnose(analysis, this.settings.rules)
      : unread
        ? adjusted(unreadFinding(uri, unread), this.settings.rules)
        : [];
    this.findingsOf.set(uri, findings);
    return findings;
  }

  /**
   * The findings in an open document, made in turns. The answer is undefined once the text or its meaning has changed, or once
   * nobody wants the findings any more. Where many predictions are to be made, `early` first gets what is known without them.
   * Only callers that show findings early pass it.
   */
  async diagnosticsInTurns(
    uri: string,
    isWanted: () => boolean,
    early?: (findings: readonly Diagnostic[]) => Promise<unknown>,
  ): Promise<readonly Diagnostic[] | undefined> {
    const analysis = this.findingsOf.has(uri) ? undefined : this.analysisOfPlan(uri);
    if (!analysis) return this.diagnostics(uri);
    const { rules } = this.settings;
    let isFirst = true;
    const isSame = () => this.analyses.get(uri) === analysis && this.settings.rules === rules;
    const findings = await inTurns(
      diagnosing(analysis, rules),
      () => isSame() && isWanted(),
      (piece) => {
        const isEarly = isFirst && predictionsIn(piece) > FEW_PREDICTIONS;
        isFirst = false;
        return isEarly ? early?.(this.early(analysis, piece)) : undefined;
      },
    );
    if (findings && isSame()) {
      this.findingsOf.set(uri, findings);
      if (early) this.lastShown.set(uri, { text: analysis.source.text, found: findings });
    }
    return findings;
  }

  /** What is already known of a text, completed with what was known of the text before. */
  private early({ uri, source }: Analysis, { left, soFar }: Diagnosed): readonly Diagnostic[] {
    const before = this.lastShown.get(uri);
    const waiting = left().map(({ node }) => node.span);
    return [...soFar(), ...(before ? carriedFindings(before, source.text, waiting) : [])];
  }

  /** A file changed: forgets what was known of the open documents that it concerns, itself included, and returns them. */
  changed(uri: string): readonly string[] {
    this.sources.invalidate(uri);
    return this.concerned(uri);
  }

  /**
   * The editor has read a file that the sources wanted. A missing file was assumed to be missing, so that news concerns nobody.
   */
  provided(uri: string, reading: Reading): readonly string[] {
    this.sources.provide(uri, reading);
    return reading === undefined ? [] : this.concerned(uri);
  }

  private concerned(uri: string): readonly string[] {
    const knownUris = new Set([...this.documents.keys(), ...this.analyses.keys()]);
    const concerned = [...knownUris].filter((knownUri) => {
      if (knownUri === uri) return true;
      const analysis = this.analyses.get(knownUri);
      // A file that was missing may have appeared, and a link that leads nowhere may mean it.
      return !analysis || dependsOn(analysis, uri);
    });
    for (const concernedUri of concerned) this.forget(concernedUri);
    return concerned.filter((concernedUri) => this.documents.get(concernedUri) !== undefined);
  }

  closed(uri: string): readonly string[] {
    const concerned = this.changed(uri);
    this.lastShown.delete(uri);
    this.cache.language.forget(uri);
    return concerned.filter((concernedUri) => concernedUri !== uri);
  }

  /** The plans of the workspace: open documents, and files below its folders that are not open. */
  planUris(): readonly string[] {
    return [...new Set([...this.documents.keys(), ...this.filesWith('.moeplan')])];
  }

  /** Files below the workspace's folders. They are searched once, and again when files come or go. */
  filesWith(extension: '.moeplan' | '.json' | '.csv'): readonly string[] {
    const cachedUris = this.files.get(extension);
    if (cachedUris) return cachedUris;
    const { uris, left } = this.sources.filesBelow(this.folders, extension);
    this.files.set(extension, uris);
    for (const sentence of left) this.tellLeft(sentence);
    return uris;
  }

  /** A file of the workspace or the catalogue, parsed and no more. */
  source(uri: string): SourceFile | undefined {
    const text = this.sources.read(uri);
    return text === undefined ? undefined : this.cache.language.source(uri, text);
  }

  /** Files came, went or changed on disk. */
  filesChanged(uris: readonly string[]): readonly string[] {
    this.files.clear();
    const concerned = uris.flatMap((uri) => this.changed(uri));
    for (const uri of uris) if (this.sources.read(uri) === undefined) this.cache.language.forget(uri);
    return concerned;
  }

  setSettings(settings: Settings): void {
    this.settings = settings;
    this.findingsOf.clear();
    this.lastShown.clear();
  }

  setRoots(uris: readonly string[]): void {
    this.sources.setRoots(uris);
    // Paths may now lead elsewhere although no text has changed.
    this.cache = new AnalysisCache();
    this.folders = uris;
    this.files.clear();
    this.analyses.clear();
    this.findingsOf.clear();
    this.lastShown.clear();
  }

  linesOf(uri: string) {
    const openLines = this.analyses.get(uri)?.source.lineIndex;
    if (openLines) return openLines;
    for (const analysis of this.analyses.values()) {
      const file = analysis.program.files.get(uri);
      if (file) return file.lineIndex;
    }
    return this.source(uri)?.lineIndex;
  }

  pageOf(rule: string): string | undefined {
    return this.host.pageOf(rule);
  }

  private tellLeft(sentence: string): void {
    if (this.toldSentences.has(sentence)) return;
    this.toldSentences.add(sentence);
    this.tell(sentence);
  }

  private forget(uri: string): void {
    this.analyses.delete(uri);
    this.findingsOf.delete(uri);
  }
}

function predictionsIn({ left }: Diagnosed): number {
  return left().filter(({ keyword }) => keyword === 'deployment').length;
}

function dependsOn(analysis: Analysis, uri: string): boolean {
  if (analysis.program.files.has(uri)) return true;
  for (const { imports, configs, reads } of analysis.program.analyses.values()) {
    if (imports.some(({ target }) => target === undefined || target === uri)) return true;
    if (reads.has(uri)) return true;
    if (configs.some(({ target }) => target === undefined || target === uri)) return true;
  }
  return false;
}
