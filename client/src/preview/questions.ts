import type { Failed } from '../../../server/src/services/preview/messages.ts';
import { reasonOf } from '../reason.ts';
import { isOvertaken } from '../requests.ts';

/**
 * Answers questions of the page, one at a time. Of those that come meanwhile only the last is kept. A question about a text that
 * has changed since is not answered, because the page asks again with the new text.
 */
export class Questions<Ask extends { readonly sequence: number }, Answer> {
  private readonly answer: (ask: Ask) => Promise<Answer | Failed>;
  private readonly send: (sequence: number, answer: Answer | Failed) => void;
  private isBusy = false;
  private next: Ask | undefined;
  /** Counts pages, because a new page numbers its questions from the beginning. */
  private page = 0;

  constructor(
    answer: (ask: Ask) => Promise<Answer | Failed>,
    send: (sequence: number, answer: Answer | Failed) => void,
  ) {
    this.answer = answer;
    this.send = send;
  }

  ask(ask: Ask): void {
    if (this.isBusy) this.next = ask;
    else void this.run(ask);
  }

  /** The page that asked is gone. Its questions are not answered to the page that replaces it. */
  forget(): void {
    this.page += 1;
    this.next = undefined;
  }

  private async run(ask: Ask): Promise<void> {
    this.isBusy = true;
    const { page } = this;
    const answer = await this.answerTo(ask);
    if (answer !== undefined && page === this.page) this.send(ask.sequence, answer);
    this.isBusy = false;
    const { next } = this;
    this.next = undefined;
    if (next) void this.run(next);
  }

  private async answerTo(ask: Ask): Promise<Answer | Failed | undefined> {
    try {
      return await this.answer(ask);
    } catch (error) {
      return isOvertaken(error) ? undefined : { failed: reasonOf(error) };
    }
  }
}
