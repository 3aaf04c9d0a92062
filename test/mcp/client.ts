import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type CallToolResult, CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { bundle } from '../support/dist.ts';

/** A client of the official kit, connected to the built server that was started in a folder. */
export async function startedIn(folder: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [bundle('moeplan.mjs'), 'mcp'], cwd: folder }),
  );
  onTestFinished(() => client.close());
  return client;
}

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  /** The structured content as JSON text, for readers that hold it against a schema. */
  readonly json: string;
}

export async function call(client: Client, name: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
  const result: CallToolResult = CallToolResultSchema.parse(await client.callTool({ name, arguments: args }));
  return {
    isError: result.isError === true,
    text: result.content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('\n'),
    json: JSON.stringify(result.structuredContent ?? null),
  };
}
