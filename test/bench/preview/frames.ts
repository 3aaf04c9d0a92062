import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../scripts/vscode/browser.ts';
import type { PreviewModel } from '../../../server/src/services/preview/protocol.ts';
import { Panel, type PanelOptions } from '../../page/panel.ts';
import { foldsOf, modelOf } from '../../page/plans.ts';
import { showWholeStep } from '../../page/tests.ts';
import { themeOf } from '../../page/themes.ts';
import { largeTraining } from '../../page/trainingPlan.ts';
import { gesture, UNBOUND } from './gestures.ts';
import { modelWith, pictureOf } from './largePicture.ts';
import { progress, type Row, rowOf } from './rows.ts';

const OPTIONS: PanelOptions = { theme: themeOf('dark'), state: { view: 'dag' }, answer: foldsOf('training') };
const MOVES = ['pan', 'zoom'] as const;
/** What a frame may take with so many nodes in view, in milliseconds. */
const GOALS = new Map([
  [10_000, 16],
  [100_000, 33],
]);

/** The page in a browser without a graphics card: first picture, frames of pans and zooms, memory; by both renderers. */
export async function measureFrames(): Promise<readonly Row[]> {
  const { browser, close } = await launchBrowser(UNBOUND);
  const rows = [
    ...(await openings(browser)),
    ...(await graphFrames(browser, 10_000, {})),
    ...(await graphFrames(browser, 100_000, {})),
    ...(await graphFrames(browser, 10_000, { scale: 2 })),
    ...(await graphFrames(browser, 100_000, { scale: 2 })),
    // Software that stands in for a card takes a quarter of a second for each frame, and nobody is given it.
    ...(await graphFrames(browser, 10_000, { card: true }, 20)),
    ...(await closerFrames(browser)),
    ...(await timelineFrames(browser)),
  ];
  await close();
  return rows;
}

async function openings(browser: Browser): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, goal] of [
    ['deployment-analysis', 500],
    ['training', 1_000],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      const start = performance.now();
      const panel = await Panel.open(browser, OPTIONS);
      const loaded = performance.now() - start;
      times.push(loaded + (await firstFrame(panel, modelOf(name))));
      await panel.close();
    }
    progress(`page opened, ${name}`);
    rows.push(rowOf(`page opened to first picture, ${name}`, times.slice(1), goal));
  }
  return rows;
}

/** All of a large picture in view. The goal is for a screen of one device pixel per pixel. */
async function graphFrames(
  browser: Browser,
  count: number,
  { scale = 1, card = false }: Pick<PanelOptions, 'scale' | 'card'>,
  frames?: number,
): Promise<readonly Row[]> {
  const panel = await Panel.open(browser, { ...OPTIONS, scale, card });
  const first = await firstFrame(panel, modelWith(pictureOf(count)));
  const drawn = await panel.canvas.getAttribute('data-renderer');
  const by = `${drawn}${card ? ' by the processor' : ''}${scale > 1 ? `, ${scale} x ${scale} device pixels` : ''}`;
  const of = `${count.toLocaleString('en')} nodes in view, ${by}`;
  await panel.canvas.focus();
  await panel.page.keyboard.press('0');
  await panel.settle();
  const rows = [rowOf(`message to first picture, ${of}`, [first])];
  const goal = card || scale > 1 ? undefined : GOALS.get(count);
  for (const move of MOVES) rows.push(...(await gestureRows(panel, '.dag-canvas', move, of, goal, frames)));
  rows.push(rowOf(`memory of the page, ${of}`, [await heapMiB(panel)], undefined, 'MiB'));
  progress(of);
  await panel.close();
  return rows;
}

/** Where a frame costs most: at the least zooms at which nodes have outlines and edges, and names. */
async function closerFrames(browser: Browser): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const panel = await Panel.open(browser, OPTIONS);
  await firstFrame(panel, modelWith(pictureOf(10_000)));
  await panel.canvas.focus();
  await panel.page.keyboard.press('0');
  for (const [zoom, of] of [
    [0.16, 'outlines and edges, about 2,000 nodes in view'],
    [0.26, 'names, about 800 nodes in view'],
  ] as const) {
    while ((await panel.camera()).zoom < zoom) {
      await panel.page.keyboard.press('+');
      await panel.settle();
    }
    for (const move of MOVES) rows.push(...(await gestureRows(panel, '.dag-canvas', move, of, GOALS.get(10_000))));
    progress(of);
  }
  await panel.close();
  return rows;
}

async function timelineFrames(browser: Browser): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const panel = await Panel.open(browser, OPTIONS);
  const of = 'timeline of DualPipe on 1,024 GPUs';
  await panel.send({ type: 'model', model: modelOf('broken', largeTraining('schedule = dualpipe')) });
  await panel.send({ type: 'show', view: 'timeline' });
  await showWholeStep(panel);
  const goal = GOALS.get(10_000);
  rows.push(...(await gestureRows(panel, '.timeline-canvas', 'zoom', `all of the ${of}`, goal)));
  await panel.page.locator('.timeline-canvas').focus();
  for (let step = 0; step < 3; step++) await panel.page.keyboard.press('+');
  for (const move of MOVES)
    rows.push(...(await gestureRows(panel, '.timeline-canvas', move, `a third of the ${of}`, goal)));
  progress(of);
  await panel.close();
  return rows;
}

async function gestureRows(
  panel: Panel,
  canvas: string,
  move: (typeof MOVES)[number],
  of: string,
  goal?: number,
  frames?: number,
): Promise<readonly Row[]> {
  const { shown, mainThread, browser } = await gesture(panel, canvas, move, frames);
  return [
    rowOf(`${move}, frame shown to frame shown, ${of}`, shown, goal),
    rowOf(`${move}, mean processor time of a frame, main thread, ${of}`, [mainThread]),
    rowOf(`${move}, mean processor time of a frame, all processes, ${of}`, [browser]),
  ];
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

async function heapMiB(panel: Panel): Promise<number> {
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
