import { type Connection, ResponseError } from 'vscode-languageserver';

/**
 * The one place through which the event loop enters the server. A mistake of ours that is thrown into the event loop
 * would end the process with all that the person has open; what is thrown through here is written to the editor's log. A
 * test holds every other file of this folder to it.
 */

export type Tell = (what: string, error: unknown) => void;

/** Writes mistakes of ours to the editor's log. */
export function tellLog({ console }: Connection): Tell {
  return (what, error) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`${what} failed, which is a mistake of moeplan: ${reason}`);
  };
}

/**
 * A connection whose requests are answered with nothing where answering fails by a mistake of ours: the editor's log has
 * the mistake, and the person is not told of it in the middle of typing. What is refused on purpose stays refused.
 *
 * All handlers are registered through this one place, those of nested features (`languages.inlayHint.on`) too.
 */
export function containing(connection: Connection): Connection {
  return withContainedHandlers(connection, '', tellLog(connection));
}

/** Before the next message is read. A browser's worker has no `setImmediate`. */
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

  /** Lets something go on by itself, and does `then` when it has ended, well or not. */
  background(what: string, work: Promise<unknown>, then: () => void = () => undefined): void {
    work.catch((error: unknown) => this.tell(what, error)).finally(this.guarded(what, then));
  }

  /** Lets something go on by itself that may fail for reasons of the editor's own. */
  unheeded(work: Promise<unknown>): void {
    work.catch(() => undefined);
  }

  /** A listener of events that may throw. */
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

/** Lets what waits already be read first: messages, and with them edits and cancellations. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function withContainedHandlers<Part extends object>(part: Part, name: string, tell: Tell): Part {
  return new Proxy(part, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key);
      const own = `${name}${String(key)}`;
      if (typeof value === 'function')
        return /^on/.test(String(key))
          ? (...args: readonly unknown[]): unknown =>
              Reflect.apply(
                value,
                target,
                args.map((arg) => (isHandler(arg) ? contained(arg, own, tell) : arg)),
              )
          : value.bind(target);
      return typeof value === 'object' && value !== null ? withContainedHandlers(value, `${own}.`, tell) : value;
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
