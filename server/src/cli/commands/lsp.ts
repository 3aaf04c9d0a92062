import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost, type Shipped } from '../../host/shipped.ts';
import { CONNECTION_OPTIONS } from '../../lsp/options.ts';
import { startServer } from '../../lsp/server.ts';

/** Serves an editor over standard input and output until it says goodbye or hangs up; either ends the process. */
export function serveStdio(shipped: Shipped): Promise<number> {
  return new Promise((resolve) => {
    const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout, CONNECTION_OPTIONS);
    connection.onExit(() => resolve(0));
    startServer(connection, nodeHost(shipped));
  });
}
