import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';

const root = join(import.meta.dirname, '../..');

/** The worked example, which the walkthrough opens, with a text of it replaced. */
export function workedExample(from = '', to = ''): Analysis {
  const path = join(root, 'examples', 'deployment-analysis.moeplan');
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  if (!text.includes(from)) throw new Error(`the worked example has no \`${from}\``);
  const uri = pathToFileURL(path).href;
  const sources = new NodeSources(join(root, 'server/src/catalog'), (each) =>
    each === uri ? text.replace(from, to) : undefined,
  );
  return analyseDocument(uri, sources);
}
