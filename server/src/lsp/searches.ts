import type { CancellationToken } from 'vscode-languageserver';
import { answering, valuesOfBase } from '../search/answer.ts';
import { PARTS, type PartResult, type Progress } from '../search/run.ts';
import { searchPart } from '../search/search.ts';
import type { Analysis } from '../services/analysis.ts';
import type { SearchAnswer, SearchResult } from '../services/preview/searchProtocol.ts';
import { type AskedSearch, searchAsked } from '../services/search/asked.ts';
import type { ReadSearch } from '../services/search/read.ts';
import { MOST_RANKED, partialResult, searchResult } from '../services/search/result.ts';
import { cancelled, modified } from './answers.ts';
import { nextTurn } from './contain.ts';
import { inTurns } from './turns.ts';

/** At most so often it is told how far a search has come, in milliseconds. */
const TELL_MS = 300;

/** Answers that are kept, so that who narrows a search and widens it again waits for nothing. */
const KEPT = 8;

/** Searches of which finished parts are kept when nobody wants them any more. */
const KEPT_HALF_DONE = 2;

/** Somebody who waits for a search. */
interface Waiter {
  readonly isWanted: () => boolean;
  readonly tell: (result: SearchResult) => void;
}

interface Running {
  readonly waiters: Set<Waiter>;
  readonly result: Promise<SearchResult | undefined>;
}

/** What the searches need of the workspace. */
interface Texts {
  analysis(uri: string): Analysis | undefined;
}

/**
 * Runs searches of the preview in short turns. Who asks for what is being searched waits for the same search; it is given up when
 * nobody wants it any more. What was found is kept by what was asked, so that an edit elsewhere costs nothing.
 */
export class Searches {
  private readonly texts: Texts;
  /** Questions that wait for their turn. One of them may ask for what is given up meanwhile. */
  private arriving = 0;
  private readonly running = new Map<string, Running>();
  private readonly results = new Kept<SearchResult>(KEPT);
  private readonly halfDone = new Kept<readonly PartResult[]>(KEPT_HALF_DONE);

  constructor(texts: Texts) {
    this.texts = texts;
  }

  /**
   * The answer to a search, null where the document is not open or has no such deployment. `tell` gets what there is meanwhile.
   * @throws ResponseError where the request was cancelled, or an edit has changed what is searched.
   */
  async answer(
    uri: string,
    asked: AskedSearch,
    token: CancellationToken,
    tell: (answer: SearchAnswer) => void,
  ): Promise<SearchAnswer | null> {
    this.arriving += 1;
    await nextTurn();
    this.arriving -= 1;
    if (token.isCancellationRequested) throw cancelled();
    const analysis = this.texts.analysis(uri);
    const found = analysis && searchAsked(analysis, asked);
    if (!found) return null;
    const { answer, read, key } = found;
    if (!read || key === undefined) return answer;
    const known = this.results.of(key);
    if (known) return { ...answer, result: known };
    const waiter: Waiter = {
      isWanted: this.wanting(uri, asked, key, token),
      tell: (result) => tell({ ...answer, result }),
    };
    const result = await this.join(analysis, read, key, waiter);
    if (result) return { ...answer, result };
    throw token.isCancellationRequested ? cancelled() : modified();
  }

  /** Whether a request still waits, and its text still asks for the same. */
  private wanting(uri: string, asked: AskedSearch, key: string, token: CancellationToken): () => boolean {
    let seen = this.texts.analysis(uri)?.source;
    let isSame = true;
    return () => {
      if (token.isCancellationRequested) return false;
      const analysis = this.texts.analysis(uri);
      if (!analysis) return false;
      if (analysis.source !== seen) {
        seen = analysis.source;
        isSame = searchAsked(analysis, asked)?.key === key;
      }
      return isSame;
    };
  }

  private async join(
    analysis: Analysis,
    read: ReadSearch,
    key: string,
    waiter: Waiter,
  ): Promise<SearchResult | undefined> {
    const running = this.running.get(key) ?? this.start(analysis, read, key);
    running.waiters.add(waiter);
    const result = await running.result;
    running.waiters.delete(waiter);
    return result;
  }

  private start(analysis: Analysis, read: ReadSearch, key: string): Running {
    const waiters = new Set<Waiter>();
    const running = { waiters, result: this.run(analysis, read, key, waiters) };
    this.running.set(key, running);
    return running;
  }

  private async run(
    analysis: Analysis,
    read: ReadSearch,
    key: string,
    waiters: ReadonlySet<Waiter>,
  ): Promise<SearchResult | undefined> {
    const parts: PartResult[] = [...(this.halfDone.of(key) ?? [])];
    // The first turn comes when the first waiter is there.
    await nextTurn();
    try {
      const isWanted = () => this.arriving > 0 || [...waiters].some((waiter) => waiter.isWanted());
      let told = performance.now();
      const tellSometimes = (partial: () => SearchResult): undefined => {
        if (performance.now() - told < TELL_MS) return;
        const result = partial();
        for (const waiter of waiters) waiter.tell(result);
        told = performance.now();
      };
      const result = await inTurns(searching(analysis, read, parts), isWanted, tellSometimes);
      if (result) this.results.keep(key, result);
      else this.halfDone.keep(key, parts);
      return result;
    } finally {
      this.running.delete(key);
    }
  }
}

/** Searches all parts that are not there yet, and ranks what they hold. It yields what there is so far. */
function* searching(
  analysis: Analysis,
  read: ReadSearch,
  parts: PartResult[],
): Generator<() => SearchResult, SearchResult, void> {
  const { space, base, by } = read;
  const evaluation = analysis.evaluationOf(base);
  const values = evaluation && valuesOfBase(evaluation);
  const place = { space, base, program: analysis.program, sides: new Map() };
  let within: Progress = NOTHING;
  const partial = () => partialResult(read, parts, values, within);
  for (let part = parts.length; part < PARTS; part++) {
    const run = searchPart(place, part);
    for (;;) {
      const step = run.next();
      if (step.done) {
        parts.push(step.value);
        within = NOTHING;
        break;
      }
      within = step.value;
      yield partial;
    }
  }
  const ranking = answering(space, parts, { limit: MOST_RANKED, by, base: evaluation });
  for (;;) {
    const step = ranking.next();
    if (step.done) return searchResult(read, step.value);
    yield partial;
  }
}

const NOTHING: Progress = { decided: 0, held: 0 };

/** The last values by their keys. */
class Kept<Value> {
  private readonly values = new Map<string, Value>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  of(key: string): Value | undefined {
    const value = this.values.get(key);
    if (value !== undefined) this.keep(key, value);
    return value;
  }

  keep(key: string, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) return;
      this.values.delete(oldest);
    }
  }
}
