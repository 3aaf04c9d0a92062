import type { CDPSession } from 'playwright-core';
import type { Panel } from '../../page/panel.ts';

/** Frames come as fast as they can be shown, not as a screen asks for them: their distance is what one costs. */
export const UNBOUND = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

/** Chromium notes in this category when it has shown a frame, and nothing else. */
const SHOWN = { category: 'disabled-by-default-display.framedisplayed', name: 'Display::FrameDisplayed' };
/** Frames before this one warm up. */
const FIRST = 5;

export interface Gesture {
  /** Milliseconds from one shown frame to the next while the gesture goes on. */
  readonly shown: readonly number[];
  /** Processor time of the page's main thread for a frame, in milliseconds: the mean. */
  readonly mainThread: number;
  /** The same of all of the browser's processes together: also of what copies the picture to the screen. */
  readonly browser: number;
}

/**
 * A pan to and fro, or a zoom in by a third and out again, that never pauses: each frame brings the next turn of the
 * wheel, as it does under a hand. A page that waits between its frames is asked for them only sixty times a second,
 * whatever they cost, so a frame that follows an idle one cannot be measured.
 */
export async function gesture(panel: Panel, canvas: string, move: 'pan' | 'zoom', frames = 150): Promise<Gesture> {
  const browser = panel.page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  const page = await panel.page.context().newCDPSession(panel.page);
  const whole = await browser.newBrowserCDPSession();
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = [await mainThread(page), await allProcesses(whole)] as const;
  const times = await shownDuring(page, () => turnWheel(panel, canvas, move, frames));
  const after = [await mainThread(page), await allProcesses(whole)] as const;
  await page.detach();
  await whole.detach();
  if (times.length < frames / 2) throw new Error(`of ${frames} frames the browser has shown ${times.length}`);
  return {
    shown: times.slice(1).flatMap((time, index) => (index < FIRST ? [] : [time - (times[index] ?? time)])),
    mainThread: (1_000 * (after[0] - before[0])) / frames,
    browser: (1_000 * (after[1] - before[1])) / frames,
  };
}

async function turnWheel(panel: Panel, selector: string, move: 'pan' | 'zoom', frames: number): Promise<void> {
  await panel.page.evaluate(
    async ([at, kind, count]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(at);
      if (!canvas) throw new Error(`the page has no ${at}`);
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const place = { clientX: left + width / 2, clientY: top + height / 2 };
      for (let frame = 0; frame <= count; frame++) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const way =
          kind === 'pan'
            ? { deltaX: Math.round(12 * Math.cos(frame / 9)), deltaY: 0, shiftKey: true }
            : { deltaX: 0, deltaY: Math.round(-20 * Math.sin(frame / 5)), shiftKey: false };
        if (frame < count) canvas.dispatchEvent(new WheelEvent('wheel', { ...way, ...place, cancelable: true }));
      }
    },
    [selector, move, frames] as const,
  );
}

/** When frames were shown during an action, in milliseconds of the browser's clock. */
async function shownDuring(session: CDPSession, action: () => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, ts } of value) if (name === SHOWN.name) times.push(Number(ts) / 1_000);
  });
  const completed = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: [SHOWN.category] },
  });
  await action();
  await session.send('Tracing.end');
  await completed;
  return times.toSorted((a, b) => a - b);
}

/** Seconds that the page's main thread has had of a processor. */
async function mainThread(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** Seconds that all processes of the browser have had of processors. */
async function allProcesses(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
