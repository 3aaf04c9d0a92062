import { describe, expect, test } from 'vitest';
import { Folding } from '../../server/src/graph/folding.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import type { Scene } from '../../server/src/graph/types.ts';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { machinesDag } from '../../server/src/services/preview/machines.ts';
import { memoryBars } from '../../server/src/services/preview/memoryBars.ts';
import { previewTraffic } from '../../server/src/services/preview/traffic.ts';
import { evaluated } from '../support/analysed.ts';
import { isInside, overlap } from '../support/scenes.ts';

/** A plan of two pools on machines of eight GPUs, with as many GPUs in each pool as asked for. */
function pools(prefill: number, decode: number) {
  const gpus = prefill + decode;
  const evaluation = evaluated(`model small {
  layers = 4, hidden = 1024, weights = bf16
  attention { heads = 16, head-size = 64 }
  experts { count = 8, top-k = 2, ffn = 1024 }
}
workload chat { input = 1_000 tokens, output = 200 tokens, concurrency = 64 }
cluster c { node = DGX-H100, count = ${Math.ceil(gpus / 8)} }
deployment split {
  model = small, cluster = c, workload = chat
  pool prefill { gpus = 0..${prefill - 1}, parallel { tp = ${Math.min(2, prefill)} } engine { name = sglang } }
  pool decode { gpus = ${prefill}..${gpus - 1}, parallel { dp = ${decode} } engine { name = sglang } }
  prefill -> decode
}
`);
  const dag = machinesDag(evaluation);
  if (!dag) throw new Error('no machines');
  return { evaluation, dag, scene: layoutDag(dag) };
}

function framesOf({ groups }: Scene) {
  return groups.filter(({ kind }) => kind === 'node');
}

test('every GPU is a cell in the frame of its machine, in the frame of its pool', () => {
  const { scene, dag } = pools(8, 16);
  const cells = scene.nodes.filter(({ kind }) => kind === 'gpu');
  expect(cells.map(({ label }) => label)).toEqual(Array.from({ length: 24 }, (_, gpu) => `GPU ${gpu}`));
  expect(framesOf(scene).map(({ label }) => label)).toEqual(['node 0', 'node 1', 'node 2']);
  const frames = scene.groups.filter(({ kind }) => kind === 'pool');
  expect(frames.map(({ label }) => label)).toEqual([
    expect.stringMatching(/^Pool prefill, 8 GPUs in 1 node, the fullest [\d.]+ of 79.2 GiB$/),
    expect.stringMatching(/^Pool decode, 16 GPUs in 2 nodes, the fullest [\d.]+ of 79.2 GiB$/),
  ]);
  for (const cell of cells) {
    const { pool } = dag.getNodeAttributes(cell.id);
    const frame = frames.find(({ id }) => id === `machines ${pool}`);
    expect(frame && isInside(cell, frame), cell.label).toBe(true);
    expect(framesOf(scene).filter((machine) => isInside(cell, machine)).length, cell.label).toBe(1);
  }
});

test('a machine whose GPUs are in two pools has a frame in each', () => {
  const { scene } = pools(2, 2);
  expect(framesOf(scene).map(({ label }) => label)).toEqual(['node 0', 'node 0']);
  expect(scene.nodes.filter(({ kind }) => kind === 'gpu').length).toBe(4);
});

describe('with 4 to 2,048 GPUs', () => {
  test.each([
    [2, 2],
    [8, 24],
    [32, 72],
    [512, 1536],
  ])('%i and %i: nothing covers another, and text can be read at 600 x 400', (prefill, decode) => {
    const { scene, dag } = pools(prefill, decode);
    expect(overlap(scene.nodes)).toBeUndefined();
    expect(overlap(framesOf(scene))).toBeUndefined();
    const page = { x: 0, y: 0, width: scene.width, height: scene.height };
    for (const box of [...scene.nodes, ...scene.groups]) expect(isInside(box, page), box.id).toBe(true);
    expect(new Set(scene.nodes.map(({ id }) => id))).toEqual(new Set(dag.nodes()));
    const zoom = Math.min(1, 576 / scene.width, 376 / scene.height);
    // The page writes names from 45 % on whole pictures, in at least 11 px.
    expect(zoom).toBeGreaterThanOrEqual(0.45);
    // A cell that is smaller would not show what fills it.
    expect(Math.min(...scene.nodes.map(({ height }) => height)) * zoom).toBeGreaterThanOrEqual(10);
  });

  test('equal machines are drawn once where there are many, and name all of their GPUs', () => {
    const { scene, dag } = pools(512, 1536);
    expect(framesOf(scene).map(({ label }) => label)).toEqual(['x64 nodes: 0..63', 'x192 nodes: 64..255']);
    const cells = scene.nodes.filter(({ kind }) => kind === 'gpu').map(({ id }) => dag.getNodeAttributes(id));
    expect(cells.length).toBe(16);
    expect(cells.flatMap(({ gpus }) => gpus).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 2048 }, (_, gpu) => gpu),
    );
  });
});

test('a cell is filled by what the memory bars say of its GPU', () => {
  const { scene, evaluation, dag } = pools(8, 16);
  const bars = memoryBars(evaluation);
  for (const { id, filled = [], lines } of scene.nodes.filter(({ kind }) => kind === 'gpu')) {
    const [gpu = -1] = dag.getNodeAttributes(id).gpus;
    const bar = bars.find(({ gpus }) => gpus.includes(gpu));
    const segments = (bar?.segments ?? []).filter(({ name }) => name !== 'free');
    expect(filled.map(([name]) => name)).toEqual(
      segments.filter(({ bytes }) => bytes / (bar?.capacityBytes ?? 1) >= 0.0005).map(({ name }) => name),
    );
    for (const [name, share] of filled) {
      const bytes = segments.find((segment) => segment.name === name)?.bytes ?? 0;
      expect(share).toBeCloseTo(bytes / (bar?.capacityBytes ?? 1), 3);
    }
    expect(lines.join()).toContain(bar?.totalText.split(' ')[0]);
  }
});

test('links say what the traffic says, and stand in the frame of their pool', () => {
  const { scene, evaluation } = pools(8, 16);
  const said = scene.nodes.filter(({ kind }) => kind === 'network').map(({ label }) => label);
  const sent = previewTraffic(evaluation)
    .filter(({ id }) => id === '0/prefill' || id === '1/decode')
    .flatMap(({ levels }) => levels.filter(({ bytes }) => bytes > 0))
    .map(({ label, bytesText, busyText }) => `${label}: ${bytesText}, ${busyText} busy`);
  expect(said).toEqual(sent);
  expect(said.length).toBeGreaterThan(0);
});

test('arrows lead from the input over the frames of pools and the bytes between them to the output', () => {
  const { scene, dag } = pools(8, 16);
  expect(scene.edges.map(({ from, to }) => `${from}>${to}`)).toEqual(
    dag.mapEdges((_, __, from, to) => `${from}>${to}`),
  );
  const transfer = scene.nodes.find(({ kind }) => kind === 'communication');
  expect(transfer?.label).toMatch(/^KV cache transfer: .*(KiB|MiB|GiB) from each GPU$/);
  for (const { points, from } of scene.edges) {
    expect(points.length).toBeGreaterThanOrEqual(4);
    const frame = scene.groups.find(({ id }) => `pool ${id.replace('machines ', '')}` === from);
    if (frame) expect(points[1]).toBeCloseTo(frame.y + frame.height);
  }
});

test('only all pools closed are a picture of machines', () => {
  const { evaluation } = pools(8, 16);
  const isOf = (closed: readonly string[]) => new Folding(evaluation, { opened: [], closed }).isOfMachines;
  expect([isOf([]), isOf(['pool prefill']), isOf(['pool prefill', 'pool decode'])]).toEqual([false, false, true]);
});

test('the export draws cells with their parts, and names each GPU with its memory', () => {
  const { evaluation } = pools(8, 16);
  const svg = exportGraph(evaluation, 'svg', { detail: 'machines', theme: 'light' });
  expect(svg).toMatch(/<title>GPU 23, [\d.]+ of 79.2 GiB<\/title>/);
  expect(svg.match(/class="held-[a-z]+"/g)?.length).toBeGreaterThanOrEqual(24);
  expect(svg).toContain('filled by what it holds');
});
