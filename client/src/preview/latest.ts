/** Asks one question at a time; of those that come meanwhile only the last is asked. */
export class Latest {
  private isBusy = false;
  private next: (() => Promise<void>) | undefined;

  ask(question: () => Promise<void>): void {
    if (this.isBusy) this.next = question;
    else void this.run(question);
  }

  private async run(question: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    try {
      await question();
    } finally {
      this.isBusy = false;
      const { next } = this;
      this.next = undefined;
      if (next) void this.run(next);
    }
  }
}
