import { PassThrough } from 'node:stream';
import {
  type Connection,
  createConnection,
  ErrorCodes,
  type Message,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { onMistake } from '../host/lastResort.ts';
import { Turns, tellLog } from './contain.ts';
import { Frames } from './frames.ts';
import { connectionOptions } from './lifecycle.ts';

/** The exit code where the client does not speak the protocol. */
const BROKEN_PROTOCOL = 2;

/**
 * A connection over standard input and output. It ends the process when either is closed, or when a frame cannot be understood,
 * which is reported on standard error.
 */
export function stdioConnection(): Connection {
  const options = connectionOptions();
  const frames = new Frames();
  const input = new PassThrough();
  const writer = new StreamMessageWriter(process.stdout);
  const reader = new StreamMessageReader(input, {
    contentTypeDecoder: { name: 'application/json', decode: (bytes) => decode(bytes, writer) },
  });
  const connection = createConnection(ProposedFeatures.all, reader, writer, options);
  const turns = new Turns(tellLog(connection));
  // If standard output fails, nobody reads what is still to be said.
  process.stdout.on(
    'error',
    turns.guarded('hanging up', () => process.exit(1)),
  );
  process.stdin.on(
    'end',
    turns.guarded('hanging up', () => {
      // Earlier messages are read before the exit. In the middle of a message there is no place for another one.
      if (frames.isBetween) input.write(EXIT);
      else process.exit(1);
    }),
  );
  process.stdin.on(
    'data',
    turns.guarded('reading', (chunk: Buffer) => {
      const wrong = frames.follow(chunk);
      if (wrong === undefined) input.write(chunk);
      else endBecause(wrong);
    }),
  );
  return connection;
}

/** A client that closes its end means this notification, whether it sends it or not. */
const EXIT = frameOf('{"jsonrpc":"2.0","method":"exit"}');

function frameOf(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/**
 * Writes errors that nothing else has caught to the editor's log, and lets the server go on, so that nobody loses what is open
 * elsewhere.
 */
export function surviveMistakes(connection: Connection): void {
  const tell = tellLog(connection);
  onMistake((error) => {
    try {
      tell('the event loop', error);
    } catch {
      // The connection is gone, so nobody is left to tell.
      process.exit(1);
    }
  });
}

function endBecause(wrong: string): void {
  process.stderr.write(`moeplan: the input is not the Language Server Protocol: ${wrong}\n`, () =>
    process.exit(BROKEN_PROTOCOL),
  );
}

/** Reads the message in a body. If it is no JSON, it is answered with an error, and later messages are still read. */
async function decode(bytes: Uint8Array, writer: StreamMessageWriter): Promise<Message> {
  const refuse = async (code: number, message: string): Promise<never> => {
    const answer = { jsonrpc: '2.0', id: null, error: { code, message } };
    await writer.write(answer);
    throw new Error(message);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return refuse(ErrorCodes.ParseError, `the message is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  return isMessage(value)
    ? value
    : refuse(ErrorCodes.InvalidRequest, 'the message is no request, notification or answer');
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false;
  return ('method' in value && typeof value.method === 'string') || 'result' in value || 'error' in value;
}
