import assert from 'node:assert/strict';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';

/** An empty plan: it lies in the folder before the editor opens that, which may miss a file that comes while it does. */
export const EMPTY_PLAN = 'typed.moeplan';

/** A plan is written from nothing, with the list of suggestions that only a real editor opens and closes. */
export function typingSteps(session: Session): readonly Step[] {
  const { page, workbench } = session;
  const list = page.locator('.suggest-widget.visible');
  /** The first of the rows with a label: our own word stands before the same answer to a word of another tool. */
  const row = (label: string) =>
    list
      .locator('.monaco-list-row')
      .filter({ has: page.locator('.label-name').getByText(label, { exact: true }) })
      .first();
  const type = (text: string) => page.keyboard.type(text);
  /**
   * Until the lines are these; blanks are the formatter's, and Enter that is lost would join two words. The last brace may
   * be there or not: the editor closes one only where it has coloured the line in time.
   */
  const reads = (expected: string) =>
    session.until(`the text ${expected}`, async () => {
      const lines = await workbench.editor.locator('.view-line').evaluateAll((found) =>
        found
          .map((line) => [line.getBoundingClientRect().top, line.textContent ?? ''] as const)
          .sort(([left], [right]) => left - right)
          .map(([, text]) => text),
      );
      return lines.join(' ').trim().replace(/\s+/g, ' ').replace(/ }$/, '') === expected;
    });
  return [
    {
      title: 'types the first letters of a block into an empty plan, and the list opens',
      async run() {
        await workbench.openFromExplorer(EMPTY_PLAN);
        // The server has looked at it: the language is that of a plan.
        await page.locator('.statusbar-item', { hasText: 'moeplan' }).first().waitFor();
        await type('clus');
        await row('cluster').waitFor();
        assert.match((await row('cluster').textContent()) ?? '', /The machines/);
        await session.picture('completion');
      },
    },
    {
      title: 'chooses a property whose value is a name, and the list of names opens with their facts',
      async run() {
        await page.keyboard.press('Escape');
        await list.waitFor({ state: 'hidden' });
        await type('ter two-nodes {\nno');
        await row('node').waitFor();
        await page.keyboard.press('Enter');
        await row('DGX-H100').waitFor();
        await session.until('facts on every row', async () => {
          const facts = await list.locator('.monaco-list-row .details-label').allTextContents();
          return facts.length > 3 && facts.every((text) => text !== '');
        });
        await type('DGX-H100');
        await row('DGX-H100').waitFor();
        await page.keyboard.press('Enter');
      },
    },
    {
      title: 'types numbers and units in full, and Enter breaks the line',
      async run() {
        // The name was typed in full: the line is broken already.
        await type('count = 4\n');
        await page.keyboard.press('ControlOrMeta+End');
        await type('\nworkload chat {\ninput = 4096 t');
        await row('tokens').waitFor();
        await type('okens\noutput = 256 tokens\nrequest-rate = 12 r');
        await row('requests/s').waitFor();
        await type('equests/s\nconcurrency = 2\n');
        await page.keyboard.press('ControlOrMeta+End');
        await reads(
          'cluster two-nodes { node = DGX-H100 count = 4 } workload chat { input = 4096 tokens output = 256 tokens request-rate = 12 requests/s concurrency = 2',
        );
      },
    },
    {
      title: 'double clicks a name with a hyphen, and all of it is selected',
      async run() {
        await workbench.goTo({ line: 1, column: 'cluster '.length + 1 });
        const box = await workbench.editor.locator('.cursor').first().boundingBox();
        if (box === null) throw new Error('the editor shows no cursor');
        await page.mouse.dblclick(box.x + 3, box.y + box.height / 2);
        await page.locator('.statusbar-item', { hasText: '(9 selected)' }).waitFor();
        await workbench.runCommand('File: Revert File');
        await workbench.closeTab(EMPTY_PLAN);
        await page.locator(`.tab.active[data-resource-name="${session.plan}"]`).waitFor();
      },
    },
  ];
}
