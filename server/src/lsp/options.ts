import { type ConnectionOptions, LSPErrorCodes, Message } from 'vscode-languageserver';

/**
 * A request that is cancelled while it waits behind others is dropped: an editor that moves on asks again, and the old
 * answer would only delay the new one.
 */
export const CONNECTION_OPTIONS: ConnectionOptions = {
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
};
