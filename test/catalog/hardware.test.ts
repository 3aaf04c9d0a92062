import { describe, expect, test } from 'vitest';
import { aliasesOf } from '../../server/src/language/names.ts';
import { analyse, languageDiagnostics } from '../../server/src/language/program.ts';
import type { Cluster } from '../../server/src/plan/cluster.ts';
import { clusterOf } from '../../server/src/plan/resolve/plan.ts';
import { numberOf } from '../../server/src/plan/values.ts';
import { CATALOG, catalogSources } from './catalog.ts';

const own = 'file:///workspace/main.moeplan';

/** A cluster of one node of this kind from the catalogue. */
function clusterOfNode(node: string): Cluster {
  const text = `cluster one { node = ${node}, count = 1 }\n`;
  const program = analyse(own, catalogSources(new Map([[own, text]])));
  const entity = program.lookup('cluster', 'one');
  const found = entity && clusterOf(entity);
  if (!found) throw new Error(`no cluster of ${node}: ${program.diagnostics.map(({ message }) => message).join('; ')}`);
  return found;
}

function nodeOf(name: string) {
  const node = clusterOfNode(name).groups[0]?.node;
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

const [anyFile = ''] = CATALOG.keys();
const all = analyse(anyFile, catalogSources());
const names = (keyword: string) =>
  all.entities.filter((entity) => entity.keyword === keyword).map((entity) => entity.name ?? '');

describe('the catalogue', () => {
  test.each([...CATALOG.keys()].map((uri) => [uri.slice(uri.lastIndexOf('/') + 1), uri] as const))(
    '%s has no diagnostics',
    (_, uri) => {
      const program = analyse(uri, catalogSources());
      const analysis = program.analyses.get(uri);
      expect(analysis && languageDiagnostics(analysis).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    },
  );

  test('every fact comes with a source and the day it was read', () => {
    for (const [uri, text] of CATALOG) {
      expect(text, uri).toMatch(/read on 2026-\d\d-\d\d/i);
      const blocks = text.split(/\n\n+/).filter((part) => /^(?:gpu|node|model) /m.test(part));
      expect(blocks.length, uri).toBeGreaterThan(10);
      for (const block of blocks) expect(block, uri).toMatch(/^\/\/ \S/);
    }
  });

  test("has no prices: they are the user's to set", () => {
    for (const text of CATALOG.values()) expect(text).not.toMatch(/^\s*[^/\n]*\bprice\s*=/m);
  });

  test('every node makes a cluster of GPUs with plausible rates', () => {
    expect(names('node').length).toBeGreaterThan(25);
    for (const name of names('node')) {
      const node = nodeOf(name);
      const { gpu } = node;
      expect(node.domain % node.gpus, name).toBe(0);
      expect(node.gpus % node.hostGpus, name).toBe(0);
      expect(gpu.memoryBytes / 2 ** 30, name).toBeGreaterThan(20);
      expect(gpu.memoryBytes / 2 ** 30, name).toBeLessThan(300);
      // FLOP per byte: between 200 for the first A100 and 460 for parts with slow memory.
      const balance = gpu.peak.bf16 / gpu.memoryBandwidth;
      expect(balance, name).toBeGreaterThan(30);
      expect(balance, name).toBeLessThan(460);
      if (gpu.peak.fp8 !== undefined) expect(gpu.peak.fp8 / gpu.peak.bf16, name).toBeCloseTo(2, 1);
      if (node.domain > 1) expect(node.scaleUpBandwidth, name).toBeGreaterThan(node.scaleOutBandwidth - 20e9);
      expect(node.scaleUpBandwidth, name).toBeLessThanOrEqual(900e9);
    }
  });

  test('a number of GPUs in the name of a machine is the number that it has', () => {
    const said = names('node').flatMap((name) => {
      const [, count] = /(?:NVL|x|-(?=\d+g?$)|BM\.GPU\..*\.(?=\d+$))(\d+)g?$/.exec(name) ?? [];
      return count === undefined || name.includes('xlarge') ? [] : [{ name, count: Number(count) }];
    });
    expect(said.length).toBeGreaterThan(15);
    for (const { name, count } of said) expect(nodeOf(name).gpus, name).toBe(count);
  });

  test('other names lead to one block each, and none to a block of its kind that is called so', () => {
    for (const keyword of ['gpu', 'node', 'model']) {
      const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, '');
      const own = new Set(names(keyword).map(plain));
      const aliases = all.entities
        .filter((entity) => entity.keyword === keyword)
        .flatMap(aliasesOf)
        .map(plain);
      expect(new Set(aliases).size, keyword).toBe(aliases.length);
      expect(aliases.filter((alias) => own.has(alias))).toEqual([]);
    }
  });

  test('every published model says its checkpoints', () => {
    const without = all.entities.filter((entity) => entity.keyword === 'model' && aliasesOf(entity).length === 0);
    // Published in a paper alone.
    expect(without.map(({ name }) => name)).toEqual(['GPT-3-175B']);
    for (const id of all.entities.filter(({ keyword }) => keyword === 'model').flatMap(aliasesOf))
      expect(id).toMatch(/^[\w-]+\/[\w.-]+$/);
  });

  test('every GPU stands in a node, but cards for machines that users build', () => {
    const used = new Set(names('node').map((name) => nodeOf(name).gpu.name));
    expect(names('gpu').filter((name) => !used.has(name))).toEqual([
      'RTX-A4000',
      'RTX-A6000',
      'RTX-3090',
      'RTX-4090',
      'RTX-4090-D',
      'RTX-4090-48GB',
      'RTX-5090',
      'Jetson-AGX-Thor',
      'Arc-Pro-B60',
    ]);
  });

  test('every GPU says what engines are told of its memory, which is less than is sold', () => {
    for (const entity of all.entities.filter(({ keyword }) => keyword === 'gpu')) {
      const sold = numberOf(entity, 'memory') ?? 0;
      const reported = numberOf(entity, 'driver-memory') ?? 0;
      expect(reported / sold, entity.name).toBeGreaterThan(0.91);
      expect(reported / sold, entity.name).toBeLessThan(1);
    }
  });

  test('facts that plans rest on', () => {
    const h100 = nodeOf('DGX-H100');
    expect(h100.gpu).toMatchObject({
      memoryBytes: Math.floor(79.19 * 2 ** 30),
      memoryBandwidth: 3.35e12,
      multiprocessors: 132,
    });
    expect(h100.gpu.peak).toMatchObject({ bf16: 989e12, fp8: 1979e12 });
    expect(h100).toMatchObject({ gpus: 8, domain: 8, scaleUpBandwidth: 450e9, scaleOutBandwidth: 50e9 });
    expect(nodeOf('p4d.24xlarge')).toMatchObject({ scaleOutBandwidth: 6.25e9 });
    expect(nodeOf('g6e.48xlarge')).toMatchObject({ scaleUpBandwidth: 32e9, scaleOutBandwidth: 6.25e9 });
    expect(nodeOf('BM.GPU.GB200.4')).toMatchObject({ gpus: 4, domain: 72, scaleOutBandwidth: 50e9 });
    expect(nodeOf('GB200-NVL72')).toMatchObject({ gpus: 72, domain: 72, hostGpus: 4 });
    expect(nodeOf('GB200-NVL72-tray')).toMatchObject({ gpus: 4, domain: 72, hostGpus: 4 });
    expect(nodeOf('MI300X-8')).toMatchObject({ topology: 'mesh', scaleUpBandwidth: 448e9 });
  });
});
