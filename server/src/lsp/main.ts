import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost, shippedBeside } from '../host/shipped.ts';
import { makeObjectsYoung } from '../host/youngObjects.ts';
import { connectionOptions } from './lifecycle.ts';
import { startServer } from './server.ts';
import { stdioConnection, surviveMistakes } from './stdio.ts';

/** Starts the connection over the channel that the editor names in the arguments (`--node-ipc`, `--stdio`, ...). */
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

makeObjectsYoung();
const connection = connect();
if (connection) {
  surviveMistakes(connection);
  startServer(connection, nodeHost(shippedBeside(process.argv[1] ?? '')));
}
