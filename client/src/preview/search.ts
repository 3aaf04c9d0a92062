import { CancellationTokenSource, type Uri, workspace } from 'vscode';
import type { Failed, FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import type { SearchAnswer } from '../../../server/src/services/preview/searchProtocol.ts';
import { reasonOf } from '../reason.ts';
import { isOvertaken, type Requests } from '../requests.ts';

type Ask<Type extends FromPage['type']> = Extract<FromPage, { readonly type: Type }>;
type Written = Extract<ToPage, { type: 'writtenFound' }>;

/** The search of one page. A new question takes the place of the one before it. */
export class PanelSearch {
  private readonly requests: Requests;
  private readonly plan: Uri;
  private readonly send: (sequence: number, answer: SearchAnswer | Failed) => void;
  private running: CancellationTokenSource | undefined;

  constructor(requests: Requests, plan: Uri, send: (sequence: number, answer: SearchAnswer | Failed) => void) {
    this.requests = requests;
    this.plan = plan;
    this.send = send;
  }

  ask(ask: Ask<'search'>): void {
    const before = this.running;
    this.running = new CancellationTokenSource();
    void this.run(ask, this.running);
    // The new question has left first, so that what both ask for goes on.
    before?.cancel();
  }

  /** Nobody waits for the search any more. */
  stop(): void {
    this.running?.cancel();
    this.running = undefined;
  }

  private async run(ask: Ask<'search'>, own: CancellationTokenSource): Promise<void> {
    const answerNow = (answer: SearchAnswer | Failed) => {
      if (this.running === own) this.send(ask.sequence, answer);
    };
    try {
      const answer = await this.requests.search(this.plan, ask, own.token, answerNow);
      answerNow(answer ?? { failed: 'The plan is not open, or has no such deployment any more.' });
    } catch (error) {
      // The page asks again with the new text.
      if (!isOvertaken(error)) answerNow({ failed: reasonOf(error) });
    } finally {
      if (this.running === own) this.running = undefined;
      own.dispose();
    }
  }
}

/** Writes a found plan behind the one from which it was searched, as one edit that one undo takes back, and tells its name. */
export async function writeFound(
  requests: Requests,
  plan: Uri,
  ask: Ask<'writeFound'>,
): Promise<{ readonly message: Written; readonly name?: string }> {
  const { deployment } = ask;
  const refused = (text: string) => ({ message: { type: 'writtenFound', deployment, isDone: false, text } as const });
  try {
    const written = await requests.writeFound(plan, ask, ask.plan);
    if (!written) return refused('The plan is not open in an editor.');
    if ('refused' in written) return refused(written.refused);
    const edit = await requests.toCodeEdit(written.edit);
    // The version is compared as late as possible. A key that is pressed while something is awaited changes what the edit means.
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === plan.toString());
    if (document?.version !== written.version) return refused('The text has changed meanwhile. Try again.');
    if (!(await workspace.applyEdit(edit))) return refused('The editor did not take the edit.');
    const { name } = written;
    return { message: { type: 'writtenFound', deployment, isDone: true, text: `Written: deployment ${name}.` }, name };
  } catch (error) {
    return refused(reasonOf(error));
  }
}
