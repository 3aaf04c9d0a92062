import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { locationOfId, nodesAtOffset } from '../../server/src/services/preview/sources.ts';
import { isToPage } from '../../server/src/services/preview/validate.ts';

const root = join(import.meta.dirname, '../..');

function analysisOf(name: string) {
  const sources = new NodeSources(join(root, 'server/src/catalog'));
  sources.setRoots([root]);
  return analyseDocument(pathToFileURL(join(root, 'examples', name)).href, sources);
}

describe.each(['deployment-analysis.moeplan', 'deepseek-v3-h800.moeplan'])('the preview of %s', (name) => {
  const analysis = analysisOf(name);
  const model = previewModel(analysis, 1);

  test('is a message that the page accepts', () => {
    expect(isToPage(JSON.parse(JSON.stringify({ type: 'model', model })))).toBe(true);
  });

  test('leads from every node of both pictures and from every bar to a text', () => {
    for (const { name: deployment, topology, overview, memory } of model.deployments) {
      const ids = [
        ...topology.nodes.map(({ id }) => id),
        ...(overview?.topology.nodes.map(({ id }) => id) ?? []),
        ...memory.flatMap(({ source }) => source ?? []),
      ];
      expect(ids.filter((id) => locationOfId(analysis, deployment, id) === undefined)).toEqual([]);
    }
    expect(locationOfId(analysis, model.names[0] ?? '', 'no/such/node')).toBeUndefined();
  });
});

test('the cursor in a stage marks its nodes in the detailed and in the folded picture', () => {
  const analysis = analysisOf('deployment-analysis.moeplan');
  const text = readFileSync(join(root, 'examples/deployment-analysis.moeplan'), 'utf8');
  const found = nodesAtOffset(analysis, text.indexOf('stage back') + 2);
  const [first] = previewModel(analysis, 1).deployments;
  expect(found?.deployment).toBe('baseline-whole');
  for (const picture of [first, first?.overview]) {
    const ofStage = picture?.topology.nodes.flatMap(({ id, stage }) => (stage === 'back' ? [id] : [])) ?? [];
    expect(ofStage.length).toBeGreaterThan(5);
    expect(found?.nodes).toEqual(expect.arrayContaining(ofStage));
    const others = picture?.topology.nodes.filter(({ stage }) => stage !== 'back') ?? [];
    expect(others.filter(({ id }) => found?.nodes.includes(id))).toEqual([]);
  }
});
