import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PALETTES } from '../../server/src/graph/palette.ts';
import { views } from '../../server/src/services/preview/views.ts';
import { answerCurves, answerDifferences, answerWhatIf } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf } from './plans.ts';
import { openExample, type PageTest, showWholeStep } from './tests.ts';
import { THEMES, themeOf } from './themes.ts';
import { timeOf } from './time.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const themeTests: readonly PageTest[] = [
  ...THEMES.map(({ kind }): PageTest => {
    const { background, groupFill, text, muted, critical, edge, groupStroke, nodes, passes, time, memory } =
      PALETTES[kind];
    return {
      title: `the ${kind} palette: text 4.5:1, shapes 3:1`,
      async run() {
        const blocks = [...Object.values(nodes), ...Object.values(passes)];
        const grounds = [background, groupFill, ...blocks.map(({ fill }) => fill)];
        for (const ground of grounds) {
          atLeast(4.5, text, ground);
          atLeast(4.5, muted, ground);
        }
        for (const ground of [background, groupFill]) {
          for (const { stroke } of blocks) atLeast(3, stroke, ground);
          for (const line of [edge, critical, groupStroke]) atLeast(3, line, ground);
        }
        // It is the colour of verdicts too.
        atLeast(4.5, critical, background);
        for (const color of Object.values(time)) {
          atLeast(4.5, color, background);
          atLeast(3, color, groupFill);
        }
        // Labels stand on the parts of bars in the colour of the background; what is free is outlined instead.
        for (const [part, color] of Object.entries(memory)) if (part !== 'free') atLeast(4.5, color, background);
        atLeast(4.5, text, memory.free);
      },
    };
  }),
  {
    title: 'the page follows the theme, also while it is open',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      for (const theme of THEMES) {
        await panel.setTheme(theme);
        await panel.settle();
        const { background, text } = PALETTES[theme.kind];
        const shown = await panel.page.evaluate(() => {
          const canvas = document.querySelector<HTMLCanvasElement>('.dag-canvas');
          const corner = [...(canvas?.getContext('2d')?.getImageData(1, 1, 1, 1).data ?? [])];
          const { backgroundColor, color } = getComputedStyle(document.body);
          return { backgroundColor, color, corner: `rgb(${corner.slice(0, 3).join(', ')})` };
        });
        assert.deepEqual(shown, { backgroundColor: rgb(background), color: rgb(text), corner: rgb(background) });
      }
    },
  },
  ...THEMES.map(
    (theme): PageTest => ({
      title: `axe finds nothing in any view in the ${theme.kind} theme, wide and narrow`,
      async run(open) {
        for (const [width, height] of [
          [1400, 900],
          [500, 800],
        ] as const) {
          const { panel, model } = await openExample(
            open,
            'deployment-analysis',
            {},
            { theme, width, height, answer: timeOf('deployment-analysis') },
          );
          await panel.page.evaluate(axeSource);
          await panel.canvas.focus();
          for (const key of ['Home', 'ArrowRight']) await panel.page.keyboard.press(key);
          await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: ['source', 'sink'] });
          for (const view of ['time', 'dag', 'memory', 'timeline', 'traffic', 'compare'] as const) {
            await panel.send({ type: 'show', view });
            if (view === 'compare') await answerCurves(panel, analysisOf('deployment-analysis'));
            await clean(panel, `${view} ${width}`);
          }
          await panel.send({ type: 'show', view: 'time' });
          await panel.view('time').locator('button.time-cells').nth(1).click();
          await panel.view('time').getByRole('button', { name: 'By hand' }).first().click();
          await clean(panel, `time ${width}, by hand`);
          for (const view of ['timeline', 'traffic'] as const) {
            await panel.send({ type: 'show', view });
            if (view === 'timeline') await showWholeStep(panel);
            await panel.view(view).locator('canvas').focus();
            for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await panel.page.keyboard.press(key);
            await clean(panel, `${view} ${width} with a selection`);
          }
          const analysis = analysisOf('deployment-analysis');
          await panel.send({ type: 'show', view: 'whatif', deployment: 'baseline-whole' });
          await clean(panel, `what if, loading ${width}`);
          await answerWhatIf(panel, analysis);
          await answerCurves(panel, analysis);
          for (const [label, value] of [
            ['Batch in sequences', '256'],
            ['GPUs in GPUs', '24'],
          ] as const) {
            await panel.page.getByLabel(label).fill(value);
            await answerWhatIf(panel, analysis);
            await answerCurves(panel, analysis);
            await clean(panel, `what if, ${label} ${value} ${width}`);
          }
          await panel.send({ type: 'show', view: 'differences', deployment: 'proposed' });
          await answerDifferences(panel, analysis);
          await clean(panel, `differences ${width}`);
          await panel.page.getByRole('button', { name: 'Export', exact: true }).click();
          await clean(panel, `exports ${width}`);
          await panel.page.keyboard.press('Escape');
          await panel.send({ type: 'show', view: 'memory', deployment: 'baseline-split' });
          await panel.send({ type: 'model', model: { ...model, stale: 'Line 3: a mistake' } });
          await clean(panel, `stale ${width}`);
        }
      },
    }),
  ),
  {
    title: 'axe finds nothing in a picture of machines',
    async run(open) {
      for (const theme of THEMES) {
        const { panel } = await openExample(open, 'deepseek-v3-h800', {}, { theme, width: 700 });
        await panel.page.getByRole('button', { name: 'Machines' }).click();
        await panel.page.locator('.legend', { hasText: 'filled by what it holds' }).waitFor();
        await panel.page.evaluate(axeSource);
        await clean(panel, theme.kind);
      }
    },
  },
  {
    title: 'axe finds nothing while there is nothing to show',
    async run(open) {
      const panel = await open({ theme: themeOf('light') });
      await panel.page.evaluate(axeSource);
      await clean(panel, 'loading');
    },
  },
  {
    title: 'nothing is cut off: no view is larger than its panel, and only what is in the panel scrolls',
    async run(open) {
      for (const example of ['deepseek-v3-h800', 'qwen3-235b-h100'] as const)
        for (const width of [360, 500, 900, 1400]) {
          const { panel } = await openExample(open, example, {}, { width, height: 500 });
          for (const view of views()) {
            await panel.send({ type: 'show', view });
            if (view === 'whatif') await answerWhatIf(panel, analysisOf(example));
            const [content, document, room] = await panel.page.evaluate(() => {
              const { scrollWidth, scrollHeight } = window.document.documentElement;
              return [
                Math.max(...[...window.document.querySelectorAll('#app, .panel')].map((each) => each.scrollWidth)),
                [scrollWidth, scrollHeight],
                [window.innerWidth, window.innerHeight],
              ] as const;
            });
            assert.ok(content <= room[0], `${view} at ${width}: ${content}`);
            assert.deepEqual(document, room, `${view} of ${example} at ${width}: the document scrolls`);
          }
        }
    },
  },
  {
    title: 'two deployments are compared without scrolling sideways in a panel beside the text',
    async run(open) {
      for (const width of [480, 525, 700, 760]) {
        const { panel } = await openExample(open, 'qwen3-235b-h100', { view: 'compare' }, { width, height: 800 });
        const scrolled = await panel
          .view('compare')
          .evaluate((view) =>
            [...view.querySelectorAll('.scrolling')].flatMap(({ scrollWidth, clientWidth, textContent }) =>
              scrollWidth > clientWidth ? [`${textContent?.slice(0, 20)}: ${scrollWidth} in ${clientWidth}`] : [],
            ),
          );
        assert.deepEqual(scrolled, [], `at ${width}`);
      }
    },
  },
];

async function clean(panel: Panel, what: string): Promise<void> {
  const found = await panel.page.evaluate(async () => {
    const axe: unknown = Reflect.get(window, 'axe');
    if (typeof axe !== 'object' || axe === null || !('run' in axe) || typeof axe.run !== 'function')
      return ['axe is not there'];
    const { violations }: { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] } =
      await axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  });
  assert.deepEqual(found, [], what);
}

function atLeast(ratio: number, color: string, ground: string): void {
  const [light = 0, dark = 0] = [luminance(color), luminance(ground)].sort((a, b) => b - a);
  const actual = (light + 0.05) / (dark + 0.05);
  assert.ok(actual >= ratio, `${color} on ${ground} is ${actual.toFixed(2)}:1, not ${ratio}:1`);
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = channels(hex).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function rgb(hex: string): string {
  return `rgb(${channels(hex).join(', ')})`;
}
