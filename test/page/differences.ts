import assert from 'node:assert/strict';
import { answerDifferences, lastSent } from './answers.ts';
import { analysisOf, exampleText, modelOf } from './plans.ts';
import { openExample, type PageTest, textOf } from './tests.ts';

export const differencesTests: readonly PageTest[] = [
  {
    title: 'differences: nodes are marked by letter and outline, and listed with what changed',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      await panel.page.getByRole('status').filter({ hasText: 'Comparing …' }).waitFor();
      await answerDifferences(panel, analysisOf('deployment-analysis'));
      const view = panel.view('differences');
      await panel.page
        .getByText(/11 nodes added, 25 removed, 2 changed, 0 the same/)
        .first()
        .waitFor();
      for (const [mark, letter, count] of [
        ['added', 'A', 11],
        ['removed', 'R', 25],
        ['changed', 'C', 2],
      ] as const) {
        const nodes = view.locator(`.marked-node.${mark}`);
        assert.equal(await nodes.count(), count);
        assert.deepEqual([...new Set(await nodes.locator('.marked-letter').allTextContents())], [letter]);
        assert.equal(await view.getByRole('row', { name: new RegExp(`^${mark} `) }).count(), count);
      }
      const outlines = await view.locator('.marked-outline').evaluateAll((all) => {
        const ofMark = new Map<string, string>();
        for (const one of all) {
          const { strokeDasharray, strokeWidth } = getComputedStyle(one);
          const mark = ['added', 'removed', 'changed', 'same'].find((each) => one.classList.contains(each)) ?? '';
          ofMark.set(mark, `${strokeDasharray} ${strokeWidth}`);
        }
        return [...ofMark];
      });
      // The legend has a sample of each.
      assert.equal(outlines.length, 4);
      assert.equal(new Set(outlines.map(([, pattern]) => pattern)).size, 4, JSON.stringify(outlines));
    },
  },
  {
    title: 'differences: values, figures and moved experts are told in tables',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      await answerDifferences(panel, analysisOf('deployment-analysis'));
      const values = panel.page.getByRole('region', { name: 'Changed values' });
      assert.match(await textOf(values.getByRole('row', { name: 'parallel ep' })), /8\s+16/);
      const figures = panel.view('differences').getByRole('region', { name: 'Figures', exact: true });
      assert.match(await textOf(figures.getByRole('row', { name: 'Latency' })), /1\.79 s.*648 ms.*−63\.8 %.*✓ better/s);
      await panel.page.getByText('60 of 64 experts lie on other GPUs').waitFor();
    },
  },
  {
    title: 'differences: a node leads to its source, in the picture and in the table; a removed one does not',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      await answerDifferences(panel, analysisOf('deployment-analysis'));
      const view = panel.view('differences');
      await view.locator('.marked-node.removed').first().click();
      await view.locator('[data-marked-id="all/l0-3/all/attention"]').click();
      await view.getByRole('button', { name: 'router', exact: false }).first().click();
      const revealed = panel.sent.flatMap((message) =>
        message.type === 'reveal' ? [[message.deployment, message.id]] : [],
      );
      assert.deepEqual(revealed, [
        ['proposed', 'all/l0-3/all/attention'],
        ['proposed', 'all/l0-3/all/router'],
      ]);
    },
  },
  {
    title: 'differences: with the last commit, and where there is none the reason',
    async run(open) {
      const { panel } = await openExample(open, 'deepseek-v3-h800', { view: 'differences' });
      const question = await lastSent(panel, 'differences');
      assert.equal(question.base, 'last-commit', 'the only deployment has nothing else to be compared with');
      const reason = 'This editor has no Git (as in a browser): the last commit cannot be read here.';
      await panel.send({ type: 'differences', sequence: question.sequence, answer: { unavailable: reason } });
      await panel.page.getByRole('status').filter({ hasText: reason }).waitFor();
      assert.equal(await panel.view('differences').locator('.marked').count(), 0);
      await panel.page.getByRole('button', { name: 'Compare again' }).click();
      assert.equal((await lastSent(panel, 'differences')).sequence, question.sequence + 1);
      await panel.send({ type: 'differences', sequence: question.sequence, answer: { unavailable: 'too late' } });
      assert.equal(await panel.page.getByText('too late').count(), 0);
    },
  },
  {
    title:
      'differences: read from what was changed to what follows: values, figures, memory, then the part of the graph',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      await answerDifferences(panel, analysisOf('deployment-analysis'));
      const heads = await panel.view('differences').locator('h2').allTextContents();
      assert.deepEqual(heads, [
        'Changed values',
        'Figures',
        'Memory of the fullest GPU',
        'Experts moved',
        'Changed part of the graph',
      ]);
    },
  },
  {
    title: 'differences: with a commit or a file that the editor lets one choose; the choice stays',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      const from = panel.page.getByLabel('From', { exact: true });
      const before = await from.inputValue();
      await from.selectOption({ label: 'another commit or branch …' });
      assert.equal((await lastSent(panel, 'chooseBase')).what, 'commit');
      assert.equal(await from.inputValue(), before, 'nothing was chosen yet');
      await panel.send({ type: 'baseChosen', base: { commit: 'main' } });
      assert.deepEqual((await lastSent(panel, 'differences')).base, { commit: 'main' });
      assert.equal(await from.locator('option:checked').textContent(), 'proposed in main');
      await from.selectOption({ label: 'another file …' });
      await panel.send({ type: 'baseChosen', base: { file: 'file:///plans/an%20old.moeplan' } });
      assert.deepEqual((await lastSent(panel, 'differences')).base, { file: 'file:///plans/an%20old.moeplan' });
      assert.equal(await from.locator('option:checked').textContent(), 'an old.moeplan');
    },
  },
  {
    title: 'differences: an edit compares anew, with the same choice',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'differences', deployment: 'proposed' });
      await panel.page.getByLabel('From', { exact: true }).selectOption('baseline-split');
      await answerDifferences(panel, analysisOf('deployment-analysis'));
      const text = exampleText('deployment-analysis').replace('10_000', '5_000');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', text) });
      assert.deepEqual((await lastSent(panel, 'differences')).base, { deployment: 'baseline-split' });
      assert.equal(await panel.page.getByLabel('From', { exact: true }).inputValue(), 'baseline-split');
    },
  },
];
