import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { onMistake } from '../../host/lastResort.ts';
import type { Shipped } from '../../host/shipped.ts';
import { version } from '../../host/version.ts';
import { oneLine } from '../../text/visible.ts';
import { CannotRun, reasonOf } from '../cannotRun.ts';
import { tell as tellPerson } from '../tell.ts';
import { Plans } from './plans.ts';
import { registerResources } from './resources.ts';
import { registerTools } from './tools.ts';

const INSTRUCTIONS =
  'Plans (.moeplan) say how a mixture-of-experts model is laid over GPUs. Read moeplan://language before writing one; check every plan that you write, and take figures from inspect and compare rather than estimating them.';

/**
 * Serves an assistant over standard input and output until it closes the connection. A line that is no message is skipped, and
 * reported on standard error. @throws CannotRun where a line has no end.
 */
export async function serveMcp(shipped: Shipped): Promise<void> {
  const server = new McpServer({ name: 'moeplan', version }, { instructions: INSTRUCTIONS });
  const plans = new Plans(process.cwd(), shipped);
  registerTools(server, plans);
  registerResources(server, plans, shipped);
  let last: unknown;
  const tell = (what: string, error: unknown) => {
    last = error;
    tellPerson(`${what}: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  };
  onMistake((error) => tell('internal error, which is a mistake of moeplan', error));
  server.server.onerror = (error) =>
    tell('a message was passed over', error.name === 'ZodError' ? new Error('it is no JSON-RPC message') : error);
  const hungUp = new Promise<'by the assistant' | 'by us'>((resolve) => {
    process.stdin.once('end', () => resolve('by the assistant'));
    process.stdin.once('close', () => resolve('by the assistant'));
    process.stdout.once('error', () => resolve('by the assistant'));
    server.server.onclose = () => resolve('by us');
  });
  await server.connect(new StdioServerTransport());
  const who = await hungUp;
  if (who === 'by us') throw new CannotRun(`the input is not the Model Context Protocol: ${reasonOf(last)}`);
  await server.close();
}
