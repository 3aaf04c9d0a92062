import assert from 'node:assert/strict';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import { answerWhatIf, lastSent } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf, type ExampleName, exampleText, modelOf } from './plans.ts';
import { near, type OpenPanel, openExample, type PageTest, textOf } from './tests.ts';

/** In a panel in which the table of figures has room for bars. */
async function opened(open: OpenPanel, name: ExampleName, deployment: string): Promise<Panel> {
  const { panel } = await openExample(open, name, { view: 'whatif', deployment }, { width: 1200 });
  await panel.page.getByText('Computing …').waitFor();
  await answerWhatIf(panel, analysisOf(name));
  return panel;
}

function rowOf(panel: Panel, label: string) {
  return panel.view('whatif').getByRole('row', { name: label });
}

/** A row of figures of `proposed` shows what the server says of these changes. */
async function sees(panel: Panel, label: string, changes: Record<string, number>, verdict: string): Promise<void> {
  const answer = whatIf(analysisOf('deployment-analysis'), 'proposed', changes);
  const row = answer?.rows?.find((each) => each.label === label);
  assert.equal(row?.verdict, verdict);
  const cells = await rowOf(panel, label).getByRole('cell').allInnerTexts();
  assert.deepEqual(cells.slice(0, 3), [row?.before, row?.after, row?.change]);
  assert.match(cells[3] ?? '', new RegExp(`${verdict}$`));
}

export const whatIfTests: readonly PageTest[] = [
  {
    title: 'what if: a slider is moved with the keyboard, and each figure shows by how much it changes',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed');
      const slider = panel.page.getByRole('slider', { name: 'Batch', exact: true });
      assert.equal(await slider.getAttribute('aria-valuetext'), '128 sequences');
      await slider.focus();
      await panel.page.keyboard.press('ArrowRight');
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { sequences: 192 });
      assert.equal(await slider.getAttribute('aria-valuetext'), '192 sequences');
      assert.equal(await panel.page.getByLabel('Batch in sequences').inputValue(), '192');
      await panel.view('whatif').getByText('128 → 192 sequences').waitFor();
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await sees(panel, 'Latency', { sequences: 192 }, 'worse');
      // A bar reaches to the right of the middle by half of what the latency grows by.
      const track = await rowOf(panel, 'Latency').locator('.change-bar').boundingBox();
      const bar = await rowOf(panel, 'Latency').locator('.change-bar span').boundingBox();
      assert.ok(track && bar);
      const [left, width] = [(bar.x - track.x) / track.width, bar.width / track.width];
      near(left, 0.5, 0.02, 'start of the bar');
      near(width, 0.25, 0.02, 'length of the bar');
      assert.match(await textOf(rowOf(panel, 'GPUs').first()), /16.*16.*same/s);
      assert.ok(await slider.evaluate((element) => element === document.activeElement), 'the slider keeps the focus');
    },
  },
  {
    title: 'what if: a number may be any, and what is wrong is said in place of figures',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'baseline-whole');
      const number = panel.page.getByLabel('GPUs in GPUs');
      await number.fill('24');
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { gpus: 24 });
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await panel.page.getByRole('heading', { name: 'This cannot be computed' }).waitFor();
      await panel.page
        .getByText(/each stage has 12 GPUs/)
        .first()
        .waitFor();
      assert.equal(await panel.view('whatif').getByRole('table').count(), 0);
      const write = panel.page.getByRole('button', { name: 'Write this into the plan' });
      assert.equal(await write.getAttribute('aria-disabled'), 'true');
      await write.focus();
      await panel.page.keyboard.press('Enter');
      assert.ok(!panel.sent.some(({ type }) => type === 'writeWhatIf'));
      await panel.page.getByRole('button', { name: 'Reset GPUs to 16' }).click();
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, {});
      assert.equal(await number.inputValue(), '16');
    },
  },
  {
    title: 'what if: an answer that was overtaken is not shown',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed');
      const number = panel.page.getByLabel('Batch in sequences');
      await number.fill('256');
      const early = await lastSent(panel, 'whatIf');
      await number.fill('512');
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      const shown = await textOf(rowOf(panel, 'Latency'));
      await panel.send({ type: 'whatIf', sequence: early.sequence, answer: { failed: 'too late' } });
      assert.equal(await textOf(rowOf(panel, 'Latency')), shown);
      await sees(panel, 'Latency', { sequences: 512 }, 'worse');
    },
  },
  {
    title: 'what if: memory that does not fit says so in words, with what the checker would say',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'baseline-whole');
      await panel.page.getByLabel('Batch in sequences').fill('256');
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await panel.view('whatif').getByText('✗ does not fit').waitFor();
      await panel.page
        .getByText(/error, memory-over-capacity/)
        .first()
        .waitFor();
      const spoken = panel.view('whatif').locator('[aria-live="polite"]');
      assert.match((await spoken.textContent()) ?? '', /Latency 3\.58 s, \+99\.8 %, worse.*does not fit/);
    },
  },
  {
    title: 'what if: writing it asks for the values tried, tells what became of it and starts anew',
    async run(open) {
      const panel = await opened(open, 'deepseek-v3-h800', 'deepseek-v3-32');
      await panel.page.getByLabel('Concurrency in requests').fill('512');
      await answerWhatIf(panel, analysisOf('deepseek-v3-h800'));
      await panel.page.getByText('concurrency = 512 in workload chat').waitFor();
      await panel.page.getByRole('button', { name: 'Write this into the plan' }).click();
      assert.deepEqual(await panel.waitForSent(({ type }) => type === 'writeWhatIf'), {
        type: 'writeWhatIf',
        deployment: 'deepseek-v3-32',
        changes: { concurrency: 512 },
      });
      const deployment = 'deepseek-v3-32';
      const late = {
        type: 'written',
        deployment: 'deepseek-v3-hopper',
        isDone: true,
        text: 'Written: another.',
      } as const;
      await panel.send(late);
      await panel.send({
        type: 'written',
        deployment,
        isDone: false,
        text: 'The text has changed meanwhile. Try again.',
      });
      await panel.page.getByText('✗ Not written: The text has changed meanwhile').waitFor();
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { concurrency: 512 });
      await panel.send({
        type: 'written',
        deployment,
        isDone: true,
        text: 'Written: concurrency = 512 in workload chat.',
      });
      await panel.page.getByText('✓ Written: concurrency = 512').waitFor();
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, {});
      const edited = exampleText('deepseek-v3-h800').replace('concurrency  = 256', 'concurrency  = 512');
      await panel.send({ type: 'model', model: modelOf('deepseek-v3-h800', edited) });
      await answerWhatIf(panel, analysisOf('deepseek-v3-h800', edited));
      assert.equal(await panel.page.getByLabel('Concurrency in requests').inputValue(), '512');
      assert.equal(await panel.page.getByRole('button', { name: 'Reset all' }).isDisabled(), true);
    },
  },
  {
    title: 'what if: an edit of the text keeps what is tried and asks again',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed');
      await panel.page.getByLabel('Batch in sequences').fill('256');
      const before = await lastSent(panel, 'whatIf');
      const edited = exampleText('deployment-analysis').replace('10_000', '5_000');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', edited) });
      const after = await lastSent(panel, 'whatIf');
      assert.ok(after.sequence > before.sequence);
      assert.deepEqual(after.changes, { sequences: 256 });
      await answerWhatIf(panel, analysisOf('deployment-analysis', edited));
      await panel.page.getByLabel('Sequence length in tokens').waitFor();
      assert.equal(await panel.page.getByLabel('Sequence length in tokens').inputValue(), '5000');
      assert.equal(await panel.page.getByLabel('Batch in sequences').inputValue(), '256');
    },
  },
  {
    title: 'what if: a text that is broken for a moment keeps the sliders where they are',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed');
      await panel.page.getByLabel('Batch in sequences').fill('256');
      const broken = exampleText('deployment-analysis').replace('layers  = 4', 'layers  =');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', broken) });
      await answerWhatIf(panel, analysisOf('deployment-analysis', broken));
      await panel.page.getByRole('heading', { name: 'This cannot be computed' }).waitFor();
      assert.equal(await panel.page.getByLabel('Batch in sequences').inputValue(), '256');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await sees(panel, 'Latency', { sequences: 256 }, 'worse');
    },
  },
  {
    title: 'what if: without an answer it says why, and asks again',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed');
      await panel.page.getByLabel('Batch in sequences').fill('256');
      const { sequence } = await lastSent(panel, 'whatIf');
      await panel.send({ type: 'whatIf', sequence, answer: { failed: 'the server has stopped' } });
      await panel.page.getByText('✗ the server has stopped').waitFor();
      await panel.page.getByRole('button', { name: 'Try again' }).click();
      assert.equal((await lastSent(panel, 'whatIf')).sequence, sequence + 1);
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await rowOf(panel, 'Latency').waitFor();
    },
  },
];
