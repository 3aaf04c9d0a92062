import assert from 'node:assert/strict';
import { modelWith, pictureOf } from '../bench/preview/largePicture.ts';
import type { Panel } from './panel.ts';
import { openExample, type PageTest, showWholeStep } from './tests.ts';

/** Turns of the wheel, each in a frame of its own, as a hand makes them. */
async function turnWheel(panel: Panel, turns: readonly { readonly deltaY: number; readonly shiftKey: boolean }[]) {
  await panel.page.evaluate(async (each) => {
    const canvas = document.querySelector('.dag-canvas');
    for (const way of each) {
      canvas?.dispatchEvent(new WheelEvent('wheel', { ...way, cancelable: true, clientX: 400, clientY: 400 }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, turns);
  await panel.settle();
}

/** What is drawn on a canvas, in a form that tells one pixel's difference. */
async function drawnOn(panel: Panel, canvas = '.dag-canvas'): Promise<string> {
  return panel.page.locator(canvas).evaluate((each) => (each instanceof HTMLCanvasElement ? each.toDataURL() : ''));
}

/** How many pixels of a canvas are not seen as they are drawn, in the part that nothing lies over. */
async function unlikeScreen(
  panel: Panel,
  selector: string,
): Promise<{ readonly unlike: number; readonly all: number }> {
  const encoded = (await panel.page.screenshot()).toString('base64');
  return panel.page.evaluate(
    async ({ png, at }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(at);
      const drawn = canvas?.getContext('2d');
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const seen = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const screen = new OffscreenCanvas(seen.width, seen.height).getContext('2d');
      if (!canvas || !drawn || !screen) return { unlike: -1, all: 0 };
      screen.drawImage(seen, 0, 0);
      const { left, top } = canvas.getBoundingClientRect();
      const ratio = window.devicePixelRatio;
      // The map lies at the lower right.
      const [width, height] = [canvas.width - 220 * ratio, canvas.height - 160 * ratio];
      const of = drawn.getImageData(0, 0, width, height).data;
      const shown = screen.getImageData(Math.round(left) * ratio, Math.round(top) * ratio, width, height).data;
      let unlike = 0;
      for (let pixel = 0; pixel < of.length; pixel += 4)
        if ([0, 1, 2].some((channel) => of[pixel + channel] !== shown[pixel + channel])) unlike += 1;
      return { unlike, all: of.length / 4 };
    },
    { png: encoded, at: selector },
  );
}

export const gestureTests: readonly PageTest[] = [
  {
    title: 'what a gesture leaves is what is drawn of the same camera without one: nodes as cells, outlines and names',
    async run(open) {
      for (const closer of [0, 3, 6]) {
        const { panel } = await openExample(open, 'deployment-analysis', { detailed: true });
        await panel.canvas.focus();
        await panel.page.keyboard.press('0');
        for (let step = 0; step < closer; step++) await panel.page.keyboard.press('+');
        await panel.settle();
        const start = await drawnOn(panel);
        const pan = Array.from({ length: 6 }, (_, turn) => ({ deltaY: 31 - turn, shiftKey: true }));
        const zoom = Array.from({ length: 6 }, () => ({ deltaY: -17, shiftKey: false }));
        await turnWheel(panel, [...pan, ...zoom]);
        const left = await drawnOn(panel);
        assert.notEqual(left, start, 'the gesture has moved the picture');
        // A canvas of another size and back again has nothing of what was drawn before.
        for (const height of [820, 900]) {
          await panel.page.setViewportSize({ width: 1400, height });
          await panel.settle();
        }
        assert.equal(await drawnOn(panel), left, `${closer} steps closer`);
      }
    },
  },
  {
    title: 'what is drawn is seen pixel by pixel, where the room for it is no whole number of pixels too',
    async run(open) {
      for (const scale of [1, 2]) {
        // Heights of the text above the picture leave it a fraction of a pixel; its own height is none either.
        for (const [view, canvas] of [
          ['dag', '.dag-canvas'],
          ['timeline', '.timeline-canvas'],
        ] as const) {
          const { panel } = await openExample(open, 'deployment-analysis', { view, detailed: true }, { scale });
          if (view === 'timeline') await showWholeStep(panel);
          const height = await panel.page.locator(canvas).evaluate((each) => each.getBoundingClientRect().height);
          assert.notEqual(height, Math.round(height), 'the test is about fractions');
          const { unlike, all } = await unlikeScreen(panel, canvas);
          assert.ok(all > 100_000 && unlike === 0, `${unlike} of ${all} pixels of the ${view} at ${scale}`);
        }
      }
    },
  },
  {
    title: 'of many groups whose titles would cover one another some are titled, the same ones wherever the picture is',
    async run(open) {
      const panel = await open();
      await panel.page.evaluate(() => {
        const own = CanvasRenderingContext2D.prototype.fillText;
        const written: [text: string, y: number][] = [];
        Reflect.set(window, 'written', written);
        CanvasRenderingContext2D.prototype.fillText = function (this: CanvasRenderingContext2D, ...of) {
          written.push([of[0], of[2]]);
          own.apply(this, of);
        };
      });
      await panel.send({ type: 'model', model: modelWith(pictureOf(10_000)) });
      await panel.tab('DAG').click();
      await panel.canvas.focus();
      await panel.page.keyboard.press('0');
      await panel.settle();
      const titles = async (turns: Parameters<typeof turnWheel>[1]) => {
        await panel.page.evaluate(() => Reflect.set(Reflect.get(window, 'written'), 'length', 0));
        await turnWheel(panel, turns);
        const written: unknown = await panel.page.evaluate(() => Reflect.get(window, 'written'));
        assert.ok(Array.isArray(written));
        return written.flatMap((each: unknown) =>
          Array.isArray(each) && /^Layer \d+$/.test(String(each[0]))
            ? [[String(each[0]), Number(each[1])] as const]
            : [],
        );
      };
      const whole = await titles([{ deltaY: 10, shiftKey: true }]);
      assert.ok(whole.length > 20, `${whole.length} titles`);
      const heights = whole.map(([, y]) => y).toSorted((a, b) => a - b);
      for (const [index, y] of heights.slice(1).entries())
        assert.ok(y - (heights[index] ?? 0) >= 11, `titles at ${heights[index]} and ${y}`);
      // A part of the same picture, without its first layers.
      await panel.page.mouse.move(400, 500);
      await panel.page.mouse.down();
      await panel.page.mouse.move(400, 260, { steps: 2 });
      await panel.page.mouse.up();
      await panel.settle();
      const names = new Set(whole.map(([label]) => label));
      const part = await titles([{ deltaY: 10, shiftKey: true }]);
      // The first one in view holds its title at the upper edge, which may take the place of the next.
      const kept = part.slice(0, -2);
      assert.ok(kept.length > 10 && kept.length < whole.length, `${kept.length} of ${whole.length}`);
      assert.deepEqual(
        kept.filter(([label]) => !names.has(label)),
        [],
      );
    },
  },
];
