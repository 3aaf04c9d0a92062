/**
 * Pictures of every view in every theme, wide, narrow and very wide, for people to look at: `node test/page/pictures.ts
 * [WORD ...]` writes them to out/page/; words choose pictures whose name has all of them.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import { timeDetails } from '../../server/src/services/preview/timeDetails.ts';
import { type PreviewView, views } from '../../server/src/services/preview/views.ts';
import { pipelinedDecode } from '../support/pipelinedDecode.ts';
import { answerCurves, answerDifferences, answerFoundPlan, answerSearch, answerWhatIf } from './answers.ts';
import { Panel } from './panel.ts';
import { analysisOf, type ExampleName, exampleText, foldsOf, modelOf } from './plans.ts';
import { LARGE_TRAINING, ONE_MACHINE, TWO_POOLS } from './shownPlans.ts';
import { showWholeStep } from './tests.ts';
import { type EditorTheme, THEMES } from './themes.ts';
import { largeTraining } from './trainingPlan.ts';

const SIZES = {
  wide: { width: 1400, height: 900 },
  narrow: { width: 500, height: 800 },
  // Beside an editor in a window of 1,600 x 1,000, and two small screens.
  beside: { width: 700, height: 900 },
  laptop: { width: 1280, height: 800 },
  small: { width: 1024, height: 768 },
  huge: { width: 2200, height: 1000 },
};
type Size = keyof typeof SIZES;

interface Plan {
  readonly file: string;
  readonly example: ExampleName;
  readonly text?: string;
}

const EXAMPLES: readonly ExampleName[] = [
  'deployment-analysis',
  'deepseek-v3-h800',
  'qwen3-235b-h100',
  'hand-drawn-layers',
  'deepseek-v3-176',
  'training',
];
const PLANS: readonly Plan[] = [
  ...EXAMPLES.map((example) => ({ file: example, example })),
  { file: 'deepseek-r1-104', example: 'broken', text: TWO_POOLS },
  { file: 'qwen3-235b-h200', example: 'broken', text: ONE_MACHINE },
  { file: 'training-1024', example: 'broken', text: LARGE_TRAINING },
  { file: 'decode-pipeline', example: 'broken', text: pipelinedDecode(256) },
  { file: 'dualpipe-1024', example: 'broken', text: largeTraining('schedule = dualpipe') },
];
const VIEWS = views();

const folder = join(projectRoot, 'out', 'page');
mkdirSync(folder, { recursive: true });
const words = process.argv.slice(2);
const isWanted = (file: string) => words.every((word) => file.includes(word));
const { browser, close } = await launchBrowser();
for (const plan of PLANS) for (const theme of THEMES) for (const size of sizes()) await picturesOf(plan, theme, size);
for (const theme of THEMES) for (const size of sizes()) await statesOf(theme, size);
await close();

function sizes(): readonly Size[] {
  return ['wide', 'narrow', 'huge', 'beside', 'laptop', 'small'];
}

/** Every view of up to three deployments of a plan. */
async function picturesOf({ file: plan, example, text }: Plan, theme: EditorTheme, size: Size): Promise<void> {
  const start = `${plan}-${theme.kind}-${size}`;
  // The name of a deployment is a part of the file's: what none of them can have is not computed.
  if (!VIEWS.some((view) => words.every((word) => `${start}-${view}`.includes(word) || !isPartOf(word)))) return;
  const model = modelOf(example, text);
  const wanted = VIEWS.flatMap((view) =>
    model.deployments
      .slice(0, view === 'compare' ? 1 : 3)
      .map(({ name }) => ({ view, name, file: `${start}-${view}-${name}.png` }))
      .filter(({ file }) => isWanted(file)),
  );
  if (wanted.length === 0) return;
  const answer = (message: FromPage) => foldsOf(example)(message) ?? timeOf(example, text, message);
  const panel = await Panel.open(browser, { theme, ...SIZES[size], answer });
  await panel.send({ type: 'model', model });
  for (const { view, name, file } of wanted) {
    await panel.send({ type: 'show', view, deployment: name });
    if (view === 'dag') await dag(panel, file);
    else if (view === 'timeline' || view === 'traffic') await drawn(panel, view, file);
    else if (view === 'search') await search(panel, { file: plan, example, ...(text !== undefined && { text }) }, file);
    else if (view === 'whatif') await whatIf(panel, { file: plan, example, ...(text !== undefined && { text }) }, file);
    else if (view === 'differences') await differences(panel, example, text, file);
    else await picture(panel, file, view);
  }
  await done(panel);
}

function timeOf(example: ExampleName, text: string | undefined, message: FromPage): ToPage | undefined {
  if (message.type !== 'time') return undefined;
  const answer = timeDetails(analysisOf(example, text), message.deployment);
  return answer && { type: 'time', sequence: message.sequence, answer };
}

/** Words of a size, a theme, a view or a plan; others are of a deployment. */
function isPartOf(word: string): boolean {
  return [...PLANS.map(({ file }) => file), ...THEMES.map(({ kind }) => kind), ...sizes(), ...VIEWS].some((part) =>
    part.includes(word),
  );
}

async function dag(panel: Panel, file: string): Promise<void> {
  await panel.canvas.focus();
  await panel.page.keyboard.press('Home');
  await panel.page.keyboard.press('ArrowRight');
  await picture(panel, file);
  const machines = panel.page.getByRole('button', { name: 'Machines' });
  if (await machines.isVisible()) {
    await machines.click();
    await panel.settle();
    await picture(panel, file.replace('.png', '-machines.png'));
    await machines.click();
    await panel.settle();
  }
  const gpus = panel.page.getByRole('button', { name: /^Open \d+ (GPUs|nodes)/ }).first();
  if (await gpus.isVisible()) {
    await gpus.click();
    await panel.page.getByRole('button', { name: 'Fold all' }).waitFor();
    await picture(panel, file.replace('.png', '-opened.png'));
    await panel.page.getByRole('button', { name: 'Fold all' }).click();
  }
  const fold = panel.page.getByRole('button', { name: 'Fold equal GPUs' });
  if (await fold.isVisible()) {
    await fold.click();
    await picture(panel, file.replace('.png', '-detailed.png'));
    await fold.click();
  }
}

/** Then further in: a selection, and what lies under it. */
async function drawn(panel: Panel, view: 'timeline' | 'traffic', file: string): Promise<void> {
  await picture(panel, file, view);
  if (view === 'timeline') {
    await showWholeStep(panel);
    await picture(panel, file.replace('.png', '-step.png'), view);
  }
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

/** The plans that are found, then the first of them beside the present one. */
async function search(panel: Panel, { example, text }: Plan, file: string): Promise<void> {
  const analysis = analysisOf(example, text);
  await answerSearch(panel, analysis);
  await picture(panel, file, 'search');
  const compare = panel.view('search').getByRole('button', { name: 'Compare plan 1', exact: true });
  if (!(await compare.isVisible())) return;
  await compare.click();
  await answerFoundPlan(panel, analysis);
  await picture(panel, file.replace('.png', '-compared.png'), 'search');
}

/** As written, then with the first value doubled. */
async function whatIf(panel: Panel, { example, text }: Plan, file: string): Promise<void> {
  const analysis = analysisOf(example, text);
  await answerWhatIf(panel, analysis);
  await answerCurves(panel, analysis);
  await picture(panel, file);
  const number = panel.view('whatif').locator('.knob-number:enabled').first();
  await number.fill(String(2 * Number(await number.inputValue())));
  await answerWhatIf(panel, analysis);
  await answerCurves(panel, analysis);
  await picture(panel, file.replace('.png', '-tried.png'), 'whatif');
}

async function differences(panel: Panel, example: ExampleName, text: string | undefined, file: string): Promise<void> {
  if (analysisOf(example, text).plan.deployments.length < 2) return;
  await answerDifferences(panel, analysisOf(example, text));
  await picture(panel, file, 'differences');
}

/** What is shown when there is no newest picture: nothing yet, nothing at all, a reason, an older one; and the menu. */
async function statesOf(theme: EditorTheme, size: Size): Promise<void> {
  const of = (state: string) => `states-${theme.kind}-${size}-${state}.png`;
  const states = ['loading', 'none', 'error', 'stale', 'exports', 'refused'] as const;
  if (!states.some((state) => isWanted(of(state)))) return;
  const panel = await Panel.open(browser, { theme, ...SIZES[size] });
  await picture(panel, of('loading'));
  const empty = 'cluster c { node = DGX-H100, count = 1 }\n';
  await panel.send({ type: 'model', model: modelOf('deployment-analysis', empty) });
  await picture(panel, of('none'));
  const broken = exampleText('deployment-analysis').replace('layers  = 4', 'layers  =');
  await panel.send({ type: 'model', model: modelOf('deployment-analysis', broken) });
  await picture(panel, of('error'));
  await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
  await panel.send({ type: 'model', model: modelOf('deployment-analysis', broken) });
  for (const view of ['memory', 'timeline', 'traffic', 'compare'] as const) {
    await panel.send({ type: 'show', view });
    await picture(panel, of(`stale-${view}`));
  }
  await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
  await panel.page.getByRole('button', { name: 'Export', exact: true }).click();
  await picture(panel, of('exports'));
  await panel.page.keyboard.press('Escape');
  await panel.send({ type: 'show', view: 'whatif', deployment: 'baseline-whole' });
  await answerWhatIf(panel, analysisOf('deployment-analysis'));
  await panel.page.getByLabel('GPUs in GPUs').fill('24');
  await answerWhatIf(panel, analysisOf('deployment-analysis'));
  await picture(panel, of('refused'));
  await done(panel);
}

/** Of a view that scrolls also the rest of it. */
async function picture(panel: Panel, file: string, view?: PreviewView): Promise<void> {
  if (isWanted(file)) await save(panel, file);
  if (!view) return;
  const section = panel.view(view);
  const hidden = await section.evaluate((panelOf) => panelOf.scrollHeight - panelOf.clientHeight);
  if (hidden < 20) return;
  await section.evaluate((panelOf) => panelOf.scrollTo(0, panelOf.scrollHeight));
  await save(panel, file.replace('.png', '-below.png'));
  await section.evaluate((panelOf) => panelOf.scrollTo(0, 0));
}

async function save(panel: Panel, file: string): Promise<void> {
  await panel.page.screenshot({ path: join(folder, file) });
  console.log(`out/page/${file}`);
}

async function done(panel: Panel): Promise<void> {
  if (panel.errors.length > 0) console.log(panel.errors);
  await panel.close();
}
