import assert from 'node:assert/strict';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import { timeDetails } from '../../server/src/services/preview/timeDetails.ts';
import type { TimeBar } from '../../server/src/services/preview/timeProtocol.ts';
import type { Panel } from './panel.ts';
import { analysisOf, deploymentOf, type ExampleName, exampleText, modelOf } from './plans.ts';
import { near, openExample, type PageTest, textOf } from './tests.ts';

/** Answers questions about time as the server does. */
export function timeOf(example: ExampleName, text?: string): (message: FromPage) => ToPage | undefined {
  return (message) => {
    if (message.type !== 'time') return undefined;
    const answer = timeDetails(analysisOf(example, text), message.deployment);
    return answer && { type: 'time', sequence: message.sequence, answer };
  };
}

function row(panel: Panel, label: string) {
  return panel
    .view('time')
    .locator('.time-row', { has: panel.page.locator('.time-label', { hasText: label }) })
    .first();
}

export const timeTests: readonly PageTest[] = [
  {
    title: 'the first view is where the time goes: bars to scale, and the parts of what limits, largest first',
    async run(open) {
      const panel = await open({ answer: timeOf('deepseek-v3-h800') });
      const model = modelOf('deepseek-v3-h800');
      await panel.send({ type: 'model', model });
      const { time } = deploymentOf(model, 'deepseek-v3-32');
      const bars = panel.view('time').locator('.time-bar');
      assert.equal(await bars.count(), time.bars.length);
      for (const [index, bar] of time.bars.entries()) {
        const track = await bars.nth(index).locator('.time-track').boundingBox();
        for (const [at, part] of bar.parts.entries()) {
          const box = await bars.nth(index).locator('.time-part').nth(at).boundingBox();
          near(box?.width ?? 0, ((track?.width ?? 0) * part.seconds) / bar.seconds, 2, `${bar.label}: ${part.label}`);
        }
      }
      const limiting = time.bars.find(({ isLimiting }) => isLimiting);
      assert.ok(limiting);
      await panel.page.getByRole('heading', { name: limiting.label }).waitFor();
      const labels = await panel.view('time').locator('.time-row > .time-cells .time-label').allInnerTexts();
      assert.deepEqual(
        labels.map((label) => label.replace(/ [▸▾]$/, '')),
        limiting.parts.map(({ label }) => label),
      );
      const [first] = limiting.parts;
      const text = (await textOf(row(panel, first?.label ?? ''))).replace(/\s+/g, ' ');
      for (const part of [first?.share, first?.text, first?.bound]) assert.ok(text.includes(part ?? 'none'), text);
    },
  },
  {
    title: 'a part of a bar opens its row and the text; its operations open in the timeline and in the graph',
    async run(open) {
      const { panel } = await openExample(
        open,
        'deepseek-v3-h800',
        { view: 'time' },
        { answer: timeOf('deepseek-v3-h800') },
      );
      const bars = panel.view('time').locator('.time-bar', { hasText: 'Prefill of pool prefill' });
      await bars.locator('.time-own .time-part[data-kind="experts"]').click();
      const revealed = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(revealed, { type: 'reveal', deployment: 'deepseek-v3-32', id: 'timeline/0/0/experts' });
      await panel.page.getByRole('heading', { name: 'Prefill of pool prefill' }).waitFor();
      await panel.page.getByRole('button', { name: 'routed experts: DAG' }).click();
      await panel.view('dag').waitFor();
      assert.equal(await panel.selected.first().getAttribute('data-node-id'), 'prefill/all/l3-60/all/experts');
      await panel.tab('Time').click();
      await panel.page.getByRole('button', { name: 'routed experts: Timeline' }).click();
      await panel.view('timeline').waitFor();
      const step = panel.page.getByLabel('Step on the timeline');
      assert.equal(await step.inputValue(), '0/prefill');
      assert.match((await panel.view('timeline').locator('[aria-live]').first().textContent()) ?? '', /routed experts/);
    },
  },
  {
    title: 'a figure can be checked by hand: the formula, and what stands in it line by line',
    async run(open) {
      const { panel } = await openExample(
        open,
        'qwen3-235b-h100',
        { view: 'time' },
        { answer: timeOf('qwen3-235b-h100') },
      );
      await row(panel, 'Routed experts')
        .getByRole('button', { name: /Routed experts/ })
        .click();
      await row(panel, 'Routed experts').getByRole('button', { name: 'By hand' }).first().click();
      const lines = await row(panel, 'Routed experts').locator('.time-by-hand li').allInnerTexts();
      const answer = timeDetails(analysisOf('qwen3-235b-h100'), 'tensor-parallel');
      const derivation = answer?.derivations['0/decode experts'];
      assert.ok(derivation && derivation.lines.length > 10);
      for (const { name, value } of derivation.lines)
        assert.ok(
          lines.some((line) => line.startsWith(`${name} = ${value}`)),
          `${name} = ${value}`,
        );
      assert.equal(await textOf(panel.view('time').locator('.time-formula')), derivation.formula);
    },
  },
  {
    title: 'the same bars of the other deployments stand below on the same scale',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { view: 'time' });
      const widths = await panel
        .view('time')
        .locator('.time-tracks > li')
        .evaluateAll((rows) =>
          rows.map((each) =>
            [...each.querySelectorAll('.time-part')].reduce((sum, part) => sum + part.getBoundingClientRect().width, 0),
          ),
        );
      const seconds = model.deployments.map(({ time }) => time.bars[0]?.seconds ?? 0);
      assert.equal(widths.length, seconds.length);
      const scale = (widths[0] ?? 0) / (seconds[0] ?? 1);
      for (const [index, width] of widths.entries()) near(width, scale * (seconds[index] ?? 0), 8, `bar ${index}`);
    },
  },
  {
    title: 'changes worth trying stand over the bars and beside the part that they are about, and come with each edit',
    async run(open) {
      const { panel } = await openExample(
        open,
        'deployment-analysis',
        { view: 'time' },
        { answer: timeOf('deployment-analysis') },
      );
      const marks = timeDetails(analysisOf('deployment-analysis'), 'baseline-whole')?.marks ?? [];
      const [best] = marks;
      assert.ok(best);
      const worth = await textOf(panel.view('time').locator('.time-worth'));
      assert.ok(worth.includes(`${best.label}: ${best.change}`), worth);
      assert.match(await textOf(row(panel, 'Pipeline bubble')), /micro-batches/);
      const asked = panel.sent.filter(({ type }) => type === 'time').length;
      const text = exampleText('deployment-analysis').replace('sequences = 128', 'sequences = 256');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', text) });
      assert.equal(panel.sent.filter(({ type }) => type === 'time').length, asked + 1);
      modelOf('deployment-analysis');
    },
  },
  {
    title: 'rows open with the keyboard, and the focus stays through an edit and through late answers',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { view: 'time' });
      const experts = row(panel, 'Routed experts').getByRole('button', { name: /^Routed experts/ });
      await experts.focus();
      await panel.page.keyboard.press('Enter');
      assert.equal(await experts.getAttribute('aria-expanded'), 'true');
      await row(panel, 'Routed experts').getByText('router', { exact: true }).waitFor();
      const sequence = panel.sent.filter(({ type }) => type === 'time').length;
      const answer = timeDetails(analysisOf('deployment-analysis'), 'baseline-whole');
      assert.ok(answer);
      await panel.send({ type: 'time', sequence, answer });
      await panel.send({ type: 'model', model });
      assert.match((await panel.page.evaluate(() => document.activeElement?.textContent)) ?? '', /^Routed experts/);
      const bar = panel.view('time').getByRole('list', { name: 'Parts of Forward pass' }).first();
      const spoken = await bar.getByRole('listitem').allTextContents();
      const own: TimeBar | undefined = deploymentOf(model, 'baseline-whole').time.bars[0];
      for (const [index, { label, share, text }] of (own?.parts ?? []).entries())
        assert.ok(spoken[index]?.includes(`${label}: ${share}, ${text}`), spoken[index]);
    },
  },
];
