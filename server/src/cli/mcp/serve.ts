import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Shipped } from '../../host/shipped.ts';
import { version } from '../../host/version.ts';
import { Plans } from './plans.ts';
import { registerResources } from './resources.ts';
import { registerTools } from './tools.ts';

const INSTRUCTIONS =
  'Plans (.moeplan) say how a mixture-of-experts model is laid over GPUs. Read moeplan://language before writing one; check every plan that you write, and take figures from inspect and compare rather than estimating them.';

/** Serves an assistant over standard input and output until it hangs up. */
export async function serveMcp(shipped: Shipped): Promise<void> {
  const server = new McpServer({ name: 'moeplan', version }, { instructions: INSTRUCTIONS });
  const plans = new Plans(process.cwd(), shipped);
  registerTools(server, plans);
  registerResources(server, plans, shipped);
  const hungUp = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  await server.connect(new StdioServerTransport());
  await hungUp;
  await server.close();
}
