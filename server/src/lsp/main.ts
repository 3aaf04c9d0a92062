import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeHost, shippedBeside } from '../host/shipped.ts';
import { CONNECTION_OPTIONS } from './options.ts';
import { startServer } from './server.ts';

/** The server as an editor starts it: over the channel that its arguments name (`--node-ipc`, `--stdio`, ...). */
startServer(createConnection(ProposedFeatures.all, CONNECTION_OPTIONS), nodeHost(shippedBeside(process.argv[1] ?? '')));
