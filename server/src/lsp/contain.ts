import { type Connection, ResponseError } from 'vscode-languageserver';

/**
 * A connection whose requests are answered with nothing where answering fails by a mistake of ours: the editor's log has
 * the mistake, and the person is not told of it in the middle of typing. What is refused on purpose stays refused.
 *
 * All handlers are registered through this one place, those of nested features (`languages.inlayHint.on`) too.
 */
export function containing(connection: Connection): Connection {
  return withContainedHandlers(connection, '', tellLog(connection));
}

export type Tell = (what: string, error: unknown) => void;

/** Writes mistakes of ours to the editor's log. */
export function tellLog({ console }: Connection): Tell {
  return (what, error) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`${what} failed, which is a mistake of moeplan: ${reason}`);
  };
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
