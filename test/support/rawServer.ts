import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { bundle } from './dist.ts';

/** How a built server is started over standard input and output. */
export const SERVERS: readonly (readonly [name: string, args: () => readonly string[]])[] = [
  ['dist/server.cjs', () => [bundle('server.cjs'), '--stdio']],
  ['moeplan lsp', () => [bundle('moeplan.mjs'), 'lsp']],
];

/** A message as the base protocol frames it. */
export function frame(body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export interface Answer {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A client that writes whatever it is told, and reads what comes. */
export class RawServer {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | string | null>;
  errors = '';
  readonly answers: Answer[] = [];
  private unread = Buffer.alloc(0);
  private listener: () => void = () => undefined;

  constructor(args: readonly string[], folder?: string) {
    this.process = spawn(process.execPath, args, { stdio: 'pipe', ...(folder !== undefined && { cwd: folder }) });
    this.exited = once(this.process, 'close').then(([code, signal]: unknown[]) =>
      typeof code === 'number' ? code : String(signal),
    );
    this.process.stdin.on('error', () => undefined);
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.process.stdout.on('data', (chunk: Buffer) => this.read(chunk));
    this.process.on('close', () => this.listener());
    onTestFinished(() => {
      this.process.kill('SIGKILL');
    });
  }

  write(text: string | Buffer): this {
    this.process.stdin.write(text);
    return this;
  }

  send(...messages: readonly unknown[]): this {
    for (const message of messages) this.write(frame(JSON.stringify(message)));
    return this;
  }

  request(id: number, method: string, params: unknown = {}): this {
    return this.send({ jsonrpc: '2.0', id, method, params });
  }

  notify(method: string, params: unknown = {}): this {
    return this.send({ jsonrpc: '2.0', method, params });
  }

  /** Starts a session as an editor does. */
  initialize(params: object = { processId: null, rootUri: null, capabilities: {} }): this {
    return this.request(0, 'initialize', params).notify('initialized');
  }

  /** The first answer that fits, now or later. Rejects when the server ends without it. */
  async answer(fits: (answer: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const found = this.answers.find(fits);
      if (found) return found;
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`the server ended with ${this.process.exitCode ?? this.process.signalCode}: ${this.errors}`);
      await new Promise<void>((resolve) => {
        this.listener = resolve;
      });
    }
  }

  answerTo(id: number): Promise<Answer> {
    return this.answer((answer) => answer.id === id && answer.method === undefined);
  }

  private read(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    for (;;) {
      const end = this.unread.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(this.unread.toString('latin1', 0, Math.max(0, end)))?.[1]);
      if (end === -1 || this.unread.length < end + 4 + length) break;
      const answer: Answer = JSON.parse(this.unread.toString('utf8', end + 4, end + 4 + length));
      this.answers.push(answer);
      this.unread = this.unread.subarray(end + 4 + length);
    }
    this.listener();
  }
}
