import { type Uri, workspace } from 'vscode';
import type { FromPage, ToPage } from '../../../server/src/services/preview/protocol.ts';
import { reasonOf } from '../reason.ts';
import type { Requests } from '../requests.ts';
import { Latest } from './latest.ts';

type Ask = Extract<FromPage, { type: 'whatIf' }>;
type Write = Extract<FromPage, { type: 'writeWhatIf' }>;

/** What the page's sliders ask and write of one plan. */
export class PanelWhatIf {
  private readonly plan: Uri;
  private readonly requests: Requests;
  private readonly send: (message: ToPage) => void;
  /** A slider asks faster than plans are predicted. */
  private readonly latest = new Latest();

  constructor(plan: Uri, requests: Requests, send: (message: ToPage) => void) {
    this.plan = plan;
    this.requests = requests;
    this.send = send;
  }

  ask({ deployment, changes, sequence }: Ask): void {
    this.latest.ask(async () => {
      this.send({ type: 'whatIf', sequence, answer: await this.answer(deployment, changes) });
    });
  }

  /** One edit of the text, which one undo takes back. */
  async write({ deployment, changes }: Write): Promise<void> {
    const refuse = (text: string) => this.send({ type: 'written', isDone: false, text });
    try {
      const written = await this.requests.writeWhatIf(this.plan, deployment, changes);
      if (!written) return refuse('The plan is not open in an editor.');
      if ('refused' in written) return refuse(written.refused);
      const edit = await this.requests.toCodeEdit(written.edit);
      // Compared at the very last: a key that is pressed while something is awaited moves what the edit means.
      const document = workspace.textDocuments.find(({ uri }) => uri.toString() === this.plan.toString());
      if (document?.version !== written.version) return refuse('The text has changed meanwhile. Try again.');
      if (!(await workspace.applyEdit(edit))) return refuse('The editor did not take the edit.');
      this.send({ type: 'written', isDone: true, text: `Written: ${written.lines.join('; ')}.` });
    } catch (error) {
      refuse(reasonOf(error));
    }
  }

  private async answer(deployment: string, changes: Ask['changes']) {
    try {
      return (
        (await this.requests.whatIf(this.plan, deployment, changes)) ?? {
          failed: 'The plan is not open, or has no such deployment any more.',
        }
      );
    } catch (error) {
      return { failed: reasonOf(error) };
    }
  }
}
