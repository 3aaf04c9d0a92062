/**
 * Pictures of every view in every theme, wide and narrow, for people to look at: `node test/page/pictures.ts [WORD ...]`
 * writes them to out/page/; words choose pictures whose name has all of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import { pipelinedDecode } from '../support/pipelinedDecode.ts';
import { Panel } from './panel.ts';
import { type ExampleName, foldsOf, modelOf } from './plans.ts';
import { THEMES } from './themes.ts';
import { largeTraining } from './trainingPlan.ts';

const SIZES = { wide: { width: 1400, height: 900 }, narrow: { width: 500, height: 800 } };
const EXAMPLES: readonly ExampleName[] = [
  'deployment-analysis',
  'deepseek-v3-h800',
  'hand-drawn-layers',
  'deepseek-v3-176',
  'training',
];
const MODELS = [
  ...EXAMPLES.map((name) => [name, modelOf(name), foldsOf(name)] as const),
  ['training-1024', modelOf('broken', largeTraining('schedule = 1f1b')), undefined] as const,
  ['decode-pipeline', modelOf('broken', pipelinedDecode(256)), undefined] as const,
  ['dualpipe-1024', modelOf('broken', largeTraining('schedule = dualpipe')), undefined] as const,
];

const folder = join(projectRoot, 'out', 'page');
mkdirSync(folder, { recursive: true });
const words = process.argv.slice(2);
const { browser, close } = await launchBrowser();
for (const [example, model, answer] of MODELS) {
  for (const theme of THEMES) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const start = `${example}-${theme.kind}-${size}`;
      const wanted = (['dag', 'memory', 'timeline', 'traffic', 'compare'] as const).flatMap((view) =>
        model.deployments
          .slice(0, view === 'compare' ? 1 : 3)
          .map(({ name }) => ({ view, name, file: `${start}-${view}-${name}.png` }))
          .filter(({ file }) => words.every((word) => file.includes(word))),
      );
      if (wanted.length === 0) continue;
      const panel = await Panel.open(browser, { theme, ...viewport, ...(answer && { answer }) });
      await panel.send({ type: 'model', model });
      for (const { view, name, file } of wanted) {
        await panel.send({ type: 'show', view, deployment: name });
        if (view === 'dag') {
          await panel.canvas.focus();
          await panel.page.keyboard.press('Home');
          await panel.page.keyboard.press('ArrowRight');
        }
        await picture(panel, file);
        if (view === 'timeline' || view === 'traffic') await more(panel, view, file);
        const gpus = panel.page.getByRole('button', { name: /^Open \d+ (GPUs|nodes)/ }).first();
        if (view === 'dag' && (await gpus.isVisible())) {
          await gpus.click();
          await panel.page.getByRole('button', { name: 'Fold all' }).waitFor();
          await picture(panel, file.replace('.png', '-opened.png'));
          await panel.page.getByRole('button', { name: 'Fold all' }).click();
        }
        const fold = panel.page.getByRole('button', { name: 'Fold equal GPUs' });
        if (view === 'dag' && (await fold.isVisible())) {
          await fold.click();
          await picture(panel, file.replace('.png', '-detailed.png'));
          await fold.click();
        }
      }
      if (panel.errors.length > 0) console.log(panel.errors);
      await panel.close();
    }
  }
}
await close();

/** Further in: a selection, and what lies under it. */
async function more(panel: Panel, view: 'timeline' | 'traffic', file: string): Promise<void> {
  const canvas = panel.view(view).locator('canvas');
  if (!(await canvas.isVisible())) return;
  await canvas.focus();
  if (view === 'timeline') {
    for (const key of ['ArrowRight', 'ArrowDown', '+', '+', '+', '+', '+', '+']) await panel.page.keyboard.press(key);
    const box = await canvas.boundingBox();
    if (box) await panel.page.mouse.move(box.x + box.width / 2, box.y + 60);
  } else for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await panel.page.keyboard.press(key);
  await panel.settle();
  await picture(panel, file.replace('.png', '-in.png'));
}

async function picture(panel: Panel, file: string): Promise<void> {
  await panel.page.screenshot({ path: join(folder, file) });
  console.log(`out/page/${file}`);
}
