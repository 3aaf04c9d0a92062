import type { CDPSession } from 'playwright-core';
import { launchBrowser } from '../../../scripts/vscode/browser.ts';
import type { NodeKind } from '../../../server/src/graph/types.ts';
import type { PreviewModel, PreviewNode, PreviewPicture } from '../../../server/src/services/preview/protocol.ts';
import { Panel } from '../../page/panel.ts';
import { foldsOf, modelOf } from '../../page/plans.ts';
import { themeOf } from '../../page/themes.ts';
import { progress, type Row, rowOf } from './rows.ts';

/** Frames come as fast as they can be drawn, not as the screen asks for them: their distance is what one costs. */
const UNBOUND = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const KINDS: readonly NodeKind[] = ['compute', 'compute', 'communication', 'routing', 'compute', 'aggregation', 'gate'];

/** A picture of so many nodes in the shape of the canvas, each joined with the next of its row and some of the next row. */
function pictureOf(count: number): PreviewPicture {
  const columns = Math.round(Math.sqrt(count * 1.2));
  const [across, down] = [170, 92];
  const at = (index: number) => [(index % columns) * across, Math.floor(index / columns) * down] as const;
  const nodes = Array.from({ length: count }, (_, index): PreviewNode => {
    const heat = ((index * 37) % 100) / 100;
    return {
      id: `n${index}`,
      label: `operation ${index}`,
      kind: KINDS[index % KINDS.length] ?? 'compute',
      gpus: [index % 64],
      copies: 1,
      layers: [index % 61],
      experts: [],
      input: '[batch=8]',
      output: '[batch=8]',
      lines: ['1.2 ms'],
      facts: [],
      heat: { time: heat, bytes: heat, memory: heat },
      critical: Math.floor(index / columns) === 3,
    };
  });
  const pairs = nodes.flatMap((_, index) => [
    ...((index + 1) % columns === 0 || index + 1 >= count ? [] : [[index, index + 1] as const]),
    ...(index % 5 === 0 && index + columns < count ? [[index, index + columns] as const] : []),
  ]);
  return {
    topology: {
      digest: `topology ${count}`,
      nodes,
      edges: pairs.map(([from, to]) => ({
        id: `n${from}>n${to}`,
        from: `n${from}`,
        to: `n${to}`,
        kind: 'data',
        critical: (nodes[from]?.critical ?? false) && (nodes[to]?.critical ?? false),
      })),
      groups: Array.from({ length: Math.ceil(count / columns) }, (_, row) => ({
        id: `row ${row}`,
        kind: 'layer',
        label: `Layer ${row}`,
        depth: 0,
      })),
    },
    positions: {
      digest: `positions ${count}`,
      width: columns * across,
      height: Math.ceil(count / columns) * down,
      nodes: nodes.flatMap((_, index) => [...at(index), 140, 64]),
      groups: Array.from({ length: Math.ceil(count / columns) }, (_, row) => [
        -10,
        row * down - 10,
        columns * across,
        84,
      ]).flat(),
      edges: pairs.map(([from, to]) => {
        const [[x0, y0], [x1, y1]] = [at(from), at(to)];
        return [x0 + 140, y0 + 32, x1 - 15, y0 + 32, x1 - 15, y1 + 32, x1, y1 + 32];
      }),
    },
  };
}

function modelWith(picture: PreviewPicture): PreviewModel {
  const model = modelOf('deployment-analysis');
  const [first] = model.deployments;
  if (!first) throw new Error('the example is not computed');
  const { overview: _, ...deployment } = first;
  return { ...model, names: [first.name], deployments: [{ ...deployment, ...picture }] };
}

interface Moves {
  /** Processor time of the page's main thread for each frame. */
  readonly worked: readonly number[];
  /** Time from frame to frame, whatever else the machine does. */
  readonly passed: readonly number[];
}

/** Frames of a picture that is panned to and fro, or zoomed in and out. */
async function framesOf(panel: Panel, session: CDPSession, move: 'pan' | 'zoom'): Promise<Moves> {
  const worked: number[] = [];
  const passed: number[] = [];
  let before = await mainThread(session);
  for (let frame = 0; frame < 60; frame++) {
    const time = await panel.page.evaluate(
      ([kind, at]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.dag-canvas');
        const { width = 0, height = 0 } = canvas?.getBoundingClientRect() ?? {};
        const way =
          kind === 'pan'
            ? { deltaX: Math.round(12 * Math.cos(at / 9)), deltaY: 0, shiftKey: true }
            : { deltaX: 0, deltaY: Math.round(45 * Math.sin(at / 10)), shiftKey: false };
        const start = performance.now();
        canvas?.dispatchEvent(
          new WheelEvent('wheel', { ...way, cancelable: true, clientX: width / 2, clientY: height / 2 }),
        );
        return new Promise<number>((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start))),
        );
      },
      [move, frame] as const,
    );
    const now = await mainThread(session);
    worked.push(1_000 * (now - before));
    passed.push(time);
    before = now;
  }
  return { worked: worked.slice(5), passed: passed.slice(5) };
}

async function firstFrame(panel: Panel, model: PreviewModel): Promise<number> {
  // As text: a browser's driver is slow with large structures, and an editor sends text too.
  return panel.page.evaluate(async (text) => {
    const start = performance.now();
    const sent: unknown = JSON.parse(text);
    window.postMessage({ type: 'model', model: sent }, '*');
    const canvas = document.querySelector<HTMLElement>('.dag-canvas');
    while (canvas?.dataset.camera === undefined) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - start;
  }, JSON.stringify(model));
}

/** Seconds that the page's main thread has had of a processor. */
async function mainThread(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

async function heapMiB(panel: Panel): Promise<number> {
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

/** The page in a browser without a graphics card: first picture, frames of pans and zooms, memory; by both renderers. */
export async function measureFrames(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const { browser, close } = await launchBrowser(UNBOUND);
  const options = { theme: themeOf('dark'), answer: foldsOf('training') };
  for (const [name, goal] of [
    ['deployment-analysis', 500],
    ['training', 1_000],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      const start = performance.now();
      const panel = await Panel.open(browser, options);
      const loaded = performance.now() - start;
      times.push(loaded + (await firstFrame(panel, modelOf(name))));
      await panel.close();
    }
    progress(`page opened, ${name}`);
    rows.push(rowOf(`page opened to first picture, ${name}`, times.slice(1), goal));
  }
  for (const card of [false, true]) {
    for (const [count, goal] of [
      [10_000, 16],
      [100_000, 33],
    ] as const) {
      // Software that stands in for a card takes seconds for each frame of this one, and nobody is given it.
      if (card && count > 10_000) continue;
      const panel = await Panel.open(browser, { ...options, card });
      const first = await firstFrame(panel, modelWith(pictureOf(count)));
      const drawn = await panel.canvas.getAttribute('data-renderer');
      const of = `${count.toLocaleString('en')} nodes in view, ${drawn}${card ? ' by the processor' : ''}`;
      rows.push(rowOf(`message to first picture, ${of}`, [first]));
      await panel.canvas.focus();
      await panel.page.keyboard.press('0');
      await panel.settle();
      const session = await panel.page.context().newCDPSession(panel.page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      for (const move of ['pan', 'zoom'] as const) {
        const { worked, passed } = await framesOf(panel, session, move);
        rows.push(rowOf(`frame of a ${move}, main thread's processor time, ${of}`, worked, card ? undefined : goal));
        rows.push(rowOf(`frame of a ${move}, from frame to frame, ${of}`, passed));
      }
      rows.push(rowOf(`memory of the page, ${of}`, [await heapMiB(panel)], undefined, 'MiB'));
      progress(of);
      await panel.close();
    }
  }
  await close();
  return rows;
}
