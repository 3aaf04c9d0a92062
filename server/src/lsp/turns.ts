import type { CancellationToken, Connection, WorkDoneProgressReporter } from 'vscode-languageserver';
import { cancelled } from './answers.ts';
import { arrivedFirst, nextTurn } from './contain.ts';

/** How long work over many files may keep other requests waiting, in milliseconds. */
const TURN_MS = 8;

/** The same for work that goes on by itself while somebody types, who is to notice nothing of it. */
const BESIDE_TYPING_MS = 2;

/** Work on fewer files is done before anyone could read that it has begun. */
const WORTH_SHOWING = 50;

/**
 * Does work piece by piece, in turns between which edits, other requests and cancellations are read. `before` is called with what
 * the generator yields before each piece; what it sends is on its way before the piece is begun. The answer is undefined once the
 * work is not wanted any more.
 */
export async function inTurns<Piece, Result>(
  work: Generator<Piece, Result, void>,
  isWanted: () => boolean,
  before: (piece: Piece) => Promise<unknown> | undefined = () => undefined,
): Promise<Result | undefined> {
  for (let turnEnds = performance.now() + BESIDE_TYPING_MS; ; ) {
    const { done, value } = work.next();
    if (done) return value;
    const sending = before(value);
    if (sending === undefined && performance.now() < turnEnds) continue;
    await sending;
    await arrivedFirst();
    if (!isWanted()) return undefined;
    turnEnds = performance.now() + BESIDE_TYPING_MS;
  }
}

/** How a request over many files can be cancelled, and where its progress is shown. */
export interface RequestControl {
  readonly token: CancellationToken;
  /** The editor's progress display for this request. */
  readonly workDone?: WorkDoneProgressReporter;
}

/**
 * Visits files one after the other, in turns between which edits, other requests and cancellations are read. The editor is told
 * of the progress if many of the files are not known yet. Rejects when cancelled.
 */
export async function visitInTurns<File>(
  files: readonly File[],
  visit: (file: File) => void,
  connection: Connection,
  { token, workDone }: RequestControl,
  title: string,
  isKnown: (file: File) => boolean,
): Promise<void> {
  const total = files.filter((file) => !isKnown(file)).length;
  const progress = total < WORTH_SHOWING ? undefined : (workDone ?? (await connection.window.createWorkDoneProgress()));
  progress?.begin(title, 0, undefined, false);
  try {
    let done = 0;
    let turnEnds = 0;
    for (const file of files) {
      if (performance.now() >= turnEnds) {
        progress?.report(Math.floor((100 * done) / total), `${done} of ${total}`);
        await nextTurn();
        if (token.isCancellationRequested) throw cancelled();
        turnEnds = performance.now() + TURN_MS;
      }
      if (!isKnown(file)) done++;
      visit(file);
    }
  } finally {
    progress?.done();
  }
}
