import { readFileSync } from 'node:fs';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Shipped } from '../../host/shipped.ts';
import type { Plans } from './plans.ts';

/** Registers what an assistant has to know to write a plan: the language, and the names that need no import. */
export function registerResources(server: McpServer, plans: Plans, shipped: Shipped): void {
  const { languagePage } = shipped;
  if (languagePage !== undefined) {
    const uri = 'moeplan://language';
    const mimeType = 'text/markdown';
    server.registerResource(
      'language',
      uri,
      { title: 'The language', description: 'Every block, property and unit, with examples.', mimeType },
      () => ({ contents: [{ uri, mimeType, text: readFileSync(languagePage, 'utf8') }] }),
    );
  }
  for (const [name, text] of plans.catalog()) {
    const uri = `moeplan://catalog/${name}`;
    const mimeType = 'text/plain';
    server.registerResource(
      `catalog/${name}`,
      uri,
      { title: `Catalogue: ${name}`, description: 'Blocks that every plan can name, with their sources.', mimeType },
      () => ({ contents: [{ uri, mimeType, text }] }),
    );
  }
}
