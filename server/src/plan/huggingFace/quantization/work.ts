/**
 * How much comparing is left. All patterns of a checkpoint share it, so that reading them ends however many there are and
 * however large. A unit is one character that leads to what is known already: some ten nanoseconds.
 */
export class Work {
  private left: number;

  constructor(most: number) {
    this.left = most;
  }

  /** Throws `TooMuchWork` where nothing is left. */
  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new TooMuchWork();
  }
}

export class TooMuchWork extends Error {}
