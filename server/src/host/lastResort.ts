/** Handles a mistake that nothing else has caught. */
type Handler = (error: unknown) => void;

let handler: Handler | undefined;

/**
 * Sets what happens with an error that nothing else has caught. Without a handler, Node would end the process and print the
 * bundle's source. The latest handler counts. It must not throw.
 */
export function onMistake(next: Handler): void {
  if (!handler)
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => handler?.(error));
  handler = next;
}
