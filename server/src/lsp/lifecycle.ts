import {
  type Connection,
  type ConnectionOptions,
  ErrorCodes,
  LSPErrorCodes,
  Message,
  type RequestMessage,
  ResponseError,
} from 'vscode-languageserver';

/**
 * The method under which requests at the wrong time are handed on, because a connection answers requests only through handlers.
 */
const REFUSED = 'moeplan/refused';

/**
 * The options of one connection. They implement what the protocol says about the life of a server: before `initialize` and after
 * `shutdown`, requests are refused and notifications except `exit` are ignored.
 *
 * A request that is cancelled while it waits behind others is dropped. An editor that moves on asks again, and the old answer
 * would only delay the new one.
 */
export function connectionOptions(): ConnectionOptions {
  let state: 'new' | 'running' | 'shut down' = 'new';
  const refusalOf = (method: string): ResponseError<void> | undefined => {
    if (state === 'shut down') return new ResponseError(ErrorCodes.InvalidRequest, 'the server was shut down');
    if (method === 'initialize')
      return state === 'new'
        ? undefined
        : new ResponseError(ErrorCodes.InvalidRequest, 'the server is initialized already');
    return state === 'new'
      ? new ResponseError(ErrorCodes.ServerNotInitialized, 'the first request must be `initialize`')
      : undefined;
  };
  return {
    connectionStrategy: {
      cancelUndispatched: (message) =>
        Message.isRequest(message)
          ? {
              jsonrpc: '2.0',
              id: message.id,
              error: { code: LSPErrorCodes.RequestCancelled, message: 'the request was cancelled' },
            }
          : undefined,
    },
    messageStrategy: {
      handleMessage: (message, next) => {
        if (Message.isRequest(message)) {
          const refusal = refusalOf(message.method);
          if (refusal) return next(refused(message, refusal));
          if (message.method === 'initialize') state = 'running';
          if (message.method === 'shutdown') state = 'shut down';
        } else if (Message.isNotification(message) && state !== 'running' && message.method !== 'exit')
          return undefined;
        return next(message);
      },
    },
  };
}

function refused({ id }: RequestMessage, { code, message }: ResponseError<void>): RequestMessage {
  return { jsonrpc: '2.0', id, method: REFUSED, params: { code, message } };
}

/** Answers the refused requests that the options hand on. */
export function registerRefusals(connection: Connection): void {
  connection.onRequest(REFUSED, ({ code, message }: { readonly code: number; readonly message: string }) => {
    throw new ResponseError(code, message);
  });
}
