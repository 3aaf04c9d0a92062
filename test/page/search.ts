import assert from 'node:assert/strict';
import { SPACES } from '../search/spaces.ts';
import { answerFoundPlan, answerSearch, lastSent, searchAnswer } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf, modelOf } from './plans.ts';
import { kept, type OpenPanel, type PageTest, textOf } from './tests.ts';

/** One pool; what is asked is throughput per GPU over tokens per user. */
const ONE = SPACES['one pool, degrees and loads'] ?? '';
const BOUNDED = SPACES['one pool, settings under bounds'] ?? '';
/** The first with a second search, by another figure. */
const TWO_SEARCHES = `${ONE}\nsearch fewest { base = d, objective = [gpus-used, ttft], vary { gpus = [4, 8], tp = [4, 8] } }\n`;
const SIZE = { width: 1400, height: 900 };

async function opened(open: OpenPanel, text: string, options: object = SIZE): Promise<Panel> {
  const panel = await open(options);
  await panel.send({ type: 'model', model: modelOf('broken', text) });
  await panel.send({ type: 'show', view: 'search', deployment: 'd' });
  await answerSearch(panel, analysisOf('broken', text));
  return panel;
}

const viewOf = (panel: Panel) => panel.view('search');
const rowsOf = (panel: Panel) => viewOf(panel).locator('.found-plans tbody tr');
const fieldOf = (panel: Panel) => viewOf(panel).getByRole('slider', { name: 'Plan on the front' });
const saidBy = async (panel: Panel) => (await fieldOf(panel).getAttribute('aria-valuetext')) ?? '';
const countOf = (panel: Panel, type: string) => panel.sent.filter((message) => message.type === type).length;

export const searchTests: readonly PageTest[] = [
  {
    title: 'search: the table has the present plan and the ranked ones, and says how the space was decided',
    async run(open) {
      const panel = await opened(open, BOUNDED);
      const { result } = searchAnswer(analysisOf('broken', BOUNDED), { deployment: 'd', narrow: [] });
      assert.ok(result);
      await viewOf(panel).getByText(result.decided).waitFor();
      assert.equal(await rowsOf(panel).count(), 1 + result.plans.length);
      const now = await textOf(rowsOf(panel).nth(0));
      assert.match(now, new RegExp(`now\\s+${result.base?.texts[result.objective]}`));
      const [first] = result.plans;
      assert.ok(first);
      const row = await textOf(rowsOf(panel).nth(1));
      for (const part of [first.texts[result.objective], first.band, first.over, first.words])
        assert.ok(row.includes(part ?? 'nothing'), `${part} in ${row}`);
      assert.match(
        await textOf(viewOf(panel).locator('.search-asks')),
        /Tried from d: .*Kept: Time per output token at most 60 ms/s,
      );
      const why = viewOf(panel).locator('.why-not li').first();
      const [largest] = result.fallen;
      assert.ok((await textOf(why)).startsWith(`${largest?.count} plans`));
    },
  },
  {
    title: 'search: the figures that are seen first and the chart fit into the panel beside each other',
    async run(open) {
      for (const [width, height] of [
        [1400, 900],
        [1280, 800],
        [1024, 768],
        [700, 900],
        [500, 800],
      ] as const) {
        const panel = await opened(open, ONE, { width, height });
        const wide = await viewOf(panel).evaluate((section) => section.scrollWidth - section.clientWidth);
        assert.ok(wide <= 1, `${wide} pixels too wide at ${width}`);
        const box = await viewOf(panel).locator('.front-picture').boundingBox();
        assert.ok(box && box.y + box.height <= height && box.x + box.width <= width, JSON.stringify(box));
      }
    },
  },
  {
    title:
      'search: arrow keys go along the front and tell its plans, Enter compares one, and it is written by a button',
    async run(open) {
      const panel = await opened(open, ONE);
      const { result } = searchAnswer(analysisOf('broken', ONE), { deployment: 'd', narrow: [] });
      const front = result?.front ?? [];
      assert.ok(result && front.length > 2);
      await fieldOf(panel).focus();
      await panel.page.keyboard.press('Home');
      const first = await saidBy(panel);
      assert.ok(
        first.includes(front[0]?.words ?? 'nothing') || first.includes(front.at(-1)?.words ?? 'nothing'),
        first,
      );
      await panel.page.keyboard.press('ArrowRight');
      assert.notEqual(await saidBy(panel), first);
      await panel.page.keyboard.press('End');
      const last = await saidBy(panel);
      await panel.page.keyboard.press('Enter');
      const { plan } = await lastSent(panel, 'foundPlan');
      const asked = front.find(({ key }) => key === plan);
      assert.ok(asked && last.includes(asked.words));
      await answerFoundPlan(panel, analysisOf('broken', ONE));
      const details = viewOf(panel).getByRole('region', { name: 'Comparison' });
      await details.getByText('What would be written').waitFor();
      assert.match(await textOf(details.locator('pre')), /deployment d-s extends d \{/);
      await details.getByRole('button', { name: 'Write into the file' }).click();
      assert.equal((await lastSent(panel, 'writeFound')).plan, plan);
      await panel.send({ type: 'writtenFound', deployment: 'd', isDone: true, text: 'Written: deployment d-s.' });
      await viewOf(panel).getByText('✓ Written: deployment d-s.').waitFor();
      await panel.send({
        type: 'writtenFound',
        deployment: 'd',
        isDone: false,
        text: 'The text has changed meanwhile.',
      });
      await viewOf(panel).getByText('✗ Not written: The text has changed meanwhile.').waitFor();
      await fieldOf(panel).focus();
      await panel.page.keyboard.press('Escape');
      assert.match(await saidBy(panel), /plans on the front; arrow keys go along it/);
    },
  },
  {
    title: 'search: resting on a point of the chart tells its plan and marks its row, and a click compares it',
    async run(open) {
      const panel = await opened(open, ONE);
      const dot = viewOf(panel).locator('.front-dot.is-front').first();
      const box = await dot.boundingBox();
      assert.ok(box);
      await panel.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      const tip = panel.page.locator('.front-tip');
      assert.match(await textOf(tip), /tp \d.*Throughput per GPU/s);
      await panel.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      const { plan } = await lastSent(panel, 'foundPlan');
      const words = searchAnswer(analysisOf('broken', ONE), { deployment: 'd', narrow: [] }).result?.front.find(
        ({ key }) => key === plan,
      )?.words;
      assert.ok(words !== undefined && (await textOf(tip)).includes(words));
      await panel.page.mouse.move(5, 5);
      await tip.waitFor({ state: 'hidden' });
    },
  },
  {
    title: 'search: other figures are chosen for the axes of the chart, and are kept',
    async run(open) {
      const panel = await opened(open, ONE);
      assert.equal(await viewOf(panel).locator('.front-line').count(), 1);
      await viewOf(panel).getByLabel('Figure of the horizontal axis').selectOption({ label: 'Time to first token' });
      assert.equal(await viewOf(panel).locator('.front-line').count(), 0);
      await fieldOf(panel).focus();
      await panel.page.keyboard.press('Home');
      assert.match(await saidBy(panel), /Time to first token [\d.]+ m?s/);
      await kept(panel, (text) => text.includes('"across":"ttft"'));
    },
  },
  {
    title: 'search: a click on a value searches plans with it alone, and its chip all values again',
    async run(open) {
      const panel = await opened(open, ONE);
      const first = viewOf(panel).locator('.best-values').getByRole('button').first();
      const key = await first.getAttribute('data-focus');
      assert.ok(key);
      await first.click();
      assert.deepEqual((await lastSent(panel, 'search')).narrow, [key]);
      await answerSearch(panel, analysisOf('broken', ONE));
      const chips = viewOf(panel).getByRole('group', { name: 'Narrowed to' }).getByRole('button');
      assert.equal(await chips.count(), 1);
      await kept(panel, (text) => text.includes(JSON.stringify(key)));
      await chips.first().click();
      assert.deepEqual((await lastSent(panel, 'search')).narrow, []);
    },
  },
  {
    title: 'search: another search of the file is chosen from the list, or by the lens above it',
    async run(open) {
      const panel = await opened(open, TWO_SEARCHES);
      const chooser = viewOf(panel).getByLabel('Search', { exact: true });
      assert.deepEqual(await chooser.getByRole('option').allInnerTexts(), [
        'search s',
        'search fewest',
        'The usual search',
      ]);
      await chooser.selectOption('search fewest');
      assert.equal((await lastSent(panel, 'search')).search, 'fewest');
      await answerSearch(panel, analysisOf('broken', TWO_SEARCHES));
      assert.match(await textOf(viewOf(panel).locator('.found-plans thead')), /GPUs/);
      await chooser.selectOption('The usual search');
      assert.equal((await lastSent(panel, 'search')).search, '');
      await panel.send({ type: 'show', view: 'search', deployment: 'd', search: 's' });
      assert.equal((await lastSent(panel, 'search')).search, 's');
      await panel.send({ type: 'show', view: 'time' });
      await panel.send({ type: 'show', view: 'search', deployment: 'd', search: 'fewest' });
      assert.equal((await lastSent(panel, 'search')).search, 'fewest');
    },
  },
  {
    title: 'search: it is stopped when another view is shown, and asked for again when it is shown again',
    async run(open) {
      const panel = await opened(open, ONE);
      const before = countOf(panel, 'search');
      await panel.tab('Memory').click();
      await panel.settle();
      assert.equal(countOf(panel, 'stopSearch'), 1);
      await panel.send({ type: 'model', model: modelOf('broken', `${ONE}\n`) });
      await panel.tab('DAG').click();
      await panel.settle();
      assert.equal(countOf(panel, 'stopSearch'), 1);
      assert.equal(countOf(panel, 'search'), before);
      await panel.tab('Search').click();
      await panel.settle();
      assert.equal(countOf(panel, 'search'), before + 1);
    },
  },
  {
    title: 'search: when the text changes it is asked for again after a pause, and an overtaken answer is not shown',
    async run(open) {
      const panel = await opened(open, ONE);
      const early = await lastSent(panel, 'search');
      const edited = ONE.replace('tp = [1, 2, 3, 4, 8]', 'tp = [2, 4]');
      await panel.send({ type: 'model', model: modelOf('broken', ONE.replace('tp = [1, 2, 3, 4, 8]', 'tp = [2]')) });
      await panel.send({ type: 'model', model: modelOf('broken', edited) });
      await panel.waitForSent((message) => message.type === 'search' && message.sequence > early.sequence);
      await panel.send({ type: 'search', sequence: early.sequence, answer: { failed: 'too late' } });
      assert.equal(await viewOf(panel).getByText('too late').count(), 0);
      await answerSearch(panel, analysisOf('broken', edited));
      assert.match(await textOf(viewOf(panel).locator('.search-asks')), /Tried from d: tp 2 or 4/);
    },
  },
  {
    title: 'search: while it goes on it shows how far it is and what there is, without taking the focus away',
    async run(open) {
      const panel = await open(SIZE);
      await panel.send({ type: 'model', model: modelOf('broken', ONE) });
      await panel.send({ type: 'show', view: 'search', deployment: 'd' });
      const { sequence } = await lastSent(panel, 'search');
      await viewOf(panel).getByText('Searching …').waitFor();
      const whole = searchAnswer(analysisOf('broken', ONE), { deployment: 'd', narrow: [] });
      assert.ok(whole.result);
      const { none: _, ...result } = whole.result;
      const partial = {
        ...whole,
        result: { ...result, progress: 0.25, decided: '120 plans so far, of which 12 hold' },
      };
      await panel.send({ type: 'search', sequence, answer: partial });
      await viewOf(panel).getByText('120 plans so far, of which 12 hold').waitFor();
      assert.equal(await viewOf(panel).getByRole('progressbar').getAttribute('value'), '0.25');
      const button = viewOf(panel).getByRole('button', { name: 'Compare plan 2', exact: true });
      await button.focus();
      await panel.send({
        type: 'search',
        sequence,
        answer: { ...partial, result: { ...partial.result, progress: 0.5 } },
      });
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      await panel.send({ type: 'search', sequence, answer: whole });
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      assert.equal(await viewOf(panel).getByRole('progressbar').count(), 0);
    },
  },
  {
    title: 'search: a space without a plan says which constraint empties it, and one that cannot be run why',
    async run(open) {
      const empty = ONE.replace('base = d', 'base = d\n  require { ttft <= 1 us }');
      const panel = await opened(open, empty);
      assert.match(await textOf(viewOf(panel).locator('.search-problems')), /✗ No plan is left: .*ttft/);
      assert.equal(await viewOf(panel).getByRole('table').count(), 0);
      const broken = ONE.replace('vary {', 'vary decode {');
      const other = await opened(open, broken);
      assert.match(await textOf(viewOf(other).locator('.search-problems')), /✗ d has no pool decode/);
      const { sequence } = await lastSent(other, 'search');
      await other.send({ type: 'search', sequence, answer: { failed: 'the server has stopped' } });
      await viewOf(other).getByText('✗ the server has stopped').waitFor();
      await viewOf(other).getByRole('button', { name: 'Try again' }).click();
      assert.equal((await lastSent(other, 'search')).sequence, sequence + 1);
    },
  },
];
