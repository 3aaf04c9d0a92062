import { type Connection, ResponseError } from 'vscode-languageserver';

/**
 * The one place through which the event loop enters the server. An error that is thrown into the event loop would end the process
 * with all that the person has open. Errors that are thrown through here are written to the editor's log. A test checks that
 * every other file of this folder uses it.
 */

export type Tell = (what: string, error: unknown) => void;

/** Writes mistakes in the server to the editor's log. */
export function tellLog({ console }: Connection): Tell {
  return (what, error) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`${what} failed, which is a mistake of moeplan: ${reason}`);
  };
}

/**
 * A connection whose requests are answered with null where a mistake in the server makes the answer fail. The mistake goes to the
 * editor's log, so that nobody is interrupted while typing. What is refused on purpose stays refused.
 *
 * All handlers are registered through this one place, including those of nested features (`languages.inlayHint.on`).
 */
export function containing(connection: Connection): Connection {
  return withContainedHandlers(connection, '', tellLog(connection));
}

/** Schedules work before the next message is read. A browser's worker has no `setImmediate`. */
const schedule: (work: () => void) => void = globalThis.setImmediate ?? setTimeout;

/** The ways into the event loop other than handlers of messages. */
export class Turns {
  private readonly tell: Tell;

  constructor(tell: Tell) {
    this.tell = tell;
  }

  /** Does something on the next turn. */
  soon(what: string, work: () => void): void {
    schedule(this.guarded(what, work));
  }

  /** Lets work go on by itself, and calls `then` when it has ended, successfully or not. */
  background(what: string, work: Promise<unknown>, then: () => void = () => undefined): void {
    work.catch((error: unknown) => this.tell(what, error)).finally(this.guarded(what, then));
  }

  /** Lets work go on by itself that may fail for reasons of the editor's own. */
  unheeded(work: Promise<unknown>): void {
    work.catch(() => undefined);
  }

  /** Wraps a listener of events that may throw. */
  guarded<Args extends readonly unknown[]>(what: string, listener: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      try {
        listener(...args);
      } catch (error) {
        this.tell(what, error);
      }
    };
  }
}

/** Lets waiting messages be read first, such as edits and cancellations. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** In Node a message that has arrived is read, decoded and handled in so many rounds of the event loop. */
const ROUNDS_OF_MESSAGE = typeof globalThis.setImmediate === 'function' ? 3 : 1;

/** Lets messages that have arrived be handled first. Unlike `nextTurn` it does not wait where there are none. */
export async function arrivedFirst(): Promise<void> {
  for (let round = 0; round < ROUNDS_OF_MESSAGE; round++) await new Promise<void>((resolve) => schedule(resolve));
}

function withContainedHandlers<Part extends object>(part: Part, name: string, tell: Tell): Part {
  return new Proxy(part, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key);
      const path = `${name}${String(key)}`;
      if (typeof value === 'function')
        return /^on/.test(String(key))
          ? (...args: readonly unknown[]): unknown =>
              Reflect.apply(
                value,
                target,
                args.map((arg) => (isHandler(arg) ? contained(arg, path, tell) : arg)),
              )
          : value.bind(target);
      return typeof value === 'object' && value !== null ? withContainedHandlers(value, `${path}.`, tell) : value;
    },
  });
}

type Handler = (...args: readonly unknown[]) => unknown;

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function contained(handler: Handler, what: string, tell: Tell): Handler {
  const failed = (error: unknown): null => {
    if (error instanceof ResponseError) throw error;
    tell(what, error);
    return null;
  };
  return (...args) => {
    try {
      const answer: unknown = Reflect.apply(handler, undefined, args);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  };
}
