import { nodeHost, type Shipped } from '../../host/shipped.ts';
import { makeObjectsYoung } from '../../host/youngObjects.ts';
import { startServer } from '../../lsp/server.ts';
import { stdioConnection, surviveMistakes } from '../../lsp/stdio.ts';

/** Serves an editor over standard input and output until the editor ends the connection, which ends the process. */
export function serveStdio(shipped: Shipped): Promise<never> {
  makeObjectsYoung();
  const connection = stdioConnection();
  surviveMistakes(connection);
  startServer(connection, nodeHost(shipped));
  return new Promise(() => undefined);
}
