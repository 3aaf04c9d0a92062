import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { nodeHost, type Shipped } from '../../host/shipped.ts';
import { startServer } from '../../lsp/server.ts';

/** Serves an editor over standard input and output until it hangs up. */
export function serveStdio(shipped: Shipped): Promise<number> {
  return new Promise((resolve) => {
    const connection = createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(process.stdin),
      new StreamMessageWriter(process.stdout),
    );
    connection.onExit(() => resolve(0));
    process.stdin.on('end', () => resolve(0));
    startServer(connection, nodeHost(shipped));
  });
}
