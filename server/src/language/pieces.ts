/** The result of work that is done in pieces, when nobody has anything else to do between them. */
export function resultOf<Result>(work: Generator<unknown, Result, void>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
