/** What is done with a mistake that nothing else caught. */
type Handler = (error: unknown) => void;

let handler: Handler | undefined;

/**
 * Sets what happens with what nothing else caught: Node would end the process and print the bundle's source. The latest
 * handler counts; it must not throw.
 */
export function onMistake(next: Handler): void {
  if (!handler)
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => handler?.(error));
  handler = next;
}
