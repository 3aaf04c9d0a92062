import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost, shippedBeside } from '../host/shipped.ts';
import { connectionOptions } from './lifecycle.ts';
import { startServer } from './server.ts';
import { stdioConnection, surviveMistakes } from './stdio.ts';

/** The server as an editor starts it: over the channel that its arguments name (`--node-ipc`, `--stdio`, ...). */
function connect(): Connection | undefined {
  if (process.argv.includes('--stdio')) return stdioConnection();
  try {
    return createConnection(ProposedFeatures.all, connectionOptions());
  } catch (error) {
    process.stderr.write(`moeplan: no channel to an editor: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

const connection = connect();
if (connection) {
  surviveMistakes(connection);
  startServer(connection, nodeHost(shippedBeside(process.argv[1] ?? '')));
}
