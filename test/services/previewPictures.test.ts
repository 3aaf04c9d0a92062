import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { openedPicture } from '../../server/src/services/preview/pictures.ts';
import { locationOfId, nodesAtOffset } from '../../server/src/services/preview/sources.ts';

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

  test('leads from every node of both pictures, every bar, lane and operation to a text', () => {
    for (const { name: deployment, topology, overview, memory, timelines, traffic } of model.deployments) {
      const ids = [
        ...topology.nodes.map(({ id }) => id),
        ...(overview?.topology.nodes.map(({ id }) => id) ?? []),
        ...memory.flatMap(({ source }) => source ?? []),
        ...timelines.flatMap(({ lanes, operations: all }) =>
          lanes.flatMap(({ source }) => [source, ...all.map(({ key }) => `${source}/${key}`)]),
        ),
        ...traffic.flatMap(({ operations, stages }) => [...operations, ...stages].map(({ source }) => source)),
        'cluster',
      ];
      expect(ids.filter((id) => locationOfId(analysis, deployment, id) === undefined)).toEqual([]);
    }
    expect(locationOfId(analysis, model.names[0] ?? '', 'no/such/node')).toBeUndefined();
  });
});

test('GPUs of machines lead to the text of their pool, and the cursor in a pool marks its closed box', () => {
  const analysis = analysisOf('deepseek-v3-h800.moeplan');
  const text = readFileSync(join(root, 'examples/deepseek-v3-h800.moeplan'), 'utf8');
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error('no evaluation');
  const answer = openedPicture(evaluation, { opened: [], closed: ['pool prefill', 'pool decode'] });
  const nodes = 'picture' in answer ? answer.picture.topology.nodes : [];
  expect(nodes.filter(({ kind }) => kind === 'gpu').length).toBe(32);
  for (const { id, pool, kind } of nodes) {
    const location = locationOfId(analysis, resolved.name, id);
    expect(location, id).toBeDefined();
    if (kind !== 'gpu' || !location) continue;
    const pools = ['prefill', 'decode'].map((name) => text.indexOf(`pool ${name} {`));
    const place = pools.findLast((start) => start <= location.span.start);
    expect(text.slice(place, place && place + 20), id).toContain(`pool ${pool} `);
  }
  const marked = nodesAtOffset(analysis, text.indexOf('pool decode') + 6)?.nodes ?? [];
  expect(marked).toContain('pool decode');
  expect(marked.filter((id) => id.startsWith('machine '))).toEqual([]);
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

describe('the timeline and the text', () => {
  const analysis = analysisOf('deployment-analysis.moeplan');
  const text = readFileSync(join(root, 'examples/deployment-analysis.moeplan'), 'utf8');
  const textAt = (id: string) => {
    const location = locationOfId(analysis, 'baseline-whole', id);
    return text.slice(location?.span.start, location?.span.end);
  };

  test('a lane leads to its stage, an operation of the experts to theirs, a kind of link to the cluster', () => {
    expect(textAt('timeline/0/1')).toMatch(/^stage back/);
    expect(textAt('timeline/0/1/experts')).toMatch(/^experts +\{/);
    expect(textAt('timeline/0/0/transfer')).toMatch(/^stage front/);
    expect(textAt('cluster')).toMatch(/^cluster /);
  });

  test('the cursor in a stage marks its lane, in the experts of the model their operations in every lane', () => {
    expect(nodesAtOffset(analysis, text.indexOf('stage back') + 2)?.nodes).toContain('timeline/0/1');
    expect(nodesAtOffset(analysis, text.indexOf('stage back') + 2)?.nodes).not.toContain('timeline/0/0');
    const inExperts = nodesAtOffset(analysis, text.search(/^ +experts +\{/m) + 4)?.nodes ?? [];
    expect(inExperts).toEqual(expect.arrayContaining(['timeline/0/0/experts', 'timeline/0/1/router']));
    expect(inExperts).not.toContain('timeline/0/0/qkv');
  });
});

describe('from any line to its box', () => {
  const analysis = analysisOf('deployment-analysis.moeplan');
  const text = readFileSync(join(root, 'examples/deployment-analysis.moeplan'), 'utf8');
  const at = (pattern: RegExp, preferred?: string) => nodesAtOffset(analysis, text.search(pattern) + 1, preferred);

  test('a workload is what goes into a deployment', () => {
    expect(at(/workload long-batch/)).toEqual({ deployment: 'baseline-whole', nodes: ['source'] });
  });

  test('no single node is what a deployment, its properties, degrees and claims are about', () => {
    const whole = { deployment: 'baseline-whole', nodes: [] };
    for (const pattern of [/deployment baseline-whole/, /tp = 8, pp = 2, ep = 8/, /latency +<= 8/])
      expect(at(pattern), String(pattern)).toEqual(whole);
    expect(at(/latency +<= 2/)).toEqual({ deployment: 'proposed', nodes: [] });
  });

  test('a stage marks its bar of memory too', () => {
    expect(at(/stage back/)?.nodes).toContain('memory/0/1');
    expect(at(/stage back/)?.nodes).not.toContain('memory/0/0');
  });

  test('a pool with its degrees marks its stages, their bars and lanes, and nothing of another pool', () => {
    const pools = analysisOf('deepseek-v3-h800.moeplan');
    const offset = pools.source.text.indexOf('parallel', pools.source.text.indexOf('pool decode')) + 2;
    const { nodes = [], deployment = '' } = nodesAtOffset(pools, offset) ?? {};
    expect(nodes).toEqual(expect.arrayContaining(['memory/1/0', 'timeline/1/0']));
    expect(nodes.filter((id) => id.includes('/0/'))).toEqual([]);
    const drawn = previewModel(pools, 1).deployments.find(({ name }) => name === deployment)?.topology.nodes ?? [];
    const marked = drawn.filter(({ id }) => nodes.includes(id));
    expect(marked.length).toBeGreaterThan(5);
    expect(new Set(marked.map(({ pool }) => pool))).toEqual(new Set(['decode']));
  });

  test('what deployments share is shown in the one that is looked at', () => {
    expect(at(/attention \{/)?.deployment).toBe('baseline-whole');
    const inProposed = at(/attention \{/, 'proposed');
    expect(inProposed?.deployment).toBe('proposed');
    const [proposed] = previewModel(analysis, 1).deployments.filter(({ name }) => name === 'proposed');
    const all = proposed?.topology.nodes.map(({ id }) => id) ?? [];
    expect(inProposed?.nodes.filter((id) => all.includes(id)).length).toBeGreaterThan(10);
    // A deployment of its own is meant, whatever is looked at.
    expect(at(/stage back/, 'proposed')?.deployment).toBe('baseline-whole');
  });

  test('a cluster and the head of a model are about all of a deployment', () => {
    expect(at(/cluster two-nodes/, 'proposed')).toEqual({ deployment: 'proposed', nodes: [] });
    expect(at(/hidden +=/)).toEqual({ deployment: 'baseline-whole', nodes: [] });
    expect(at(/compare /)).toBeUndefined();
  });
});
