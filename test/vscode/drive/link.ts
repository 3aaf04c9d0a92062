import assert from 'node:assert/strict';
import { boxOf } from '../../page/picture.ts';
import { deploymentOf, modelOf } from '../../page/plans.ts';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

/** From boxes to the text with a click, from the text to boxes by the cursor and by one key. */
export function linkSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, text } = session;
  /** Nodes with no node inside them: a click on a group's middle would land on one of its members. */
  const leaves = session.nodes.filter({ hasNot: page.locator('[data-node-id]') });
  /** The graph as the server lays it out: where to click. */
  const detailed = deploymentOf(modelOf('deployment-analysis'), 'baseline-whole');
  const drawn = detailed.overview ?? detailed;
  const selects = (block: RegExp) => workbench.selected(text, block);
  const away = () => workbench.goTo({ line: 1, column: 1 });
  return [
    {
      title: 'opens the preview beside the plan from the command palette',
      async run() {
        await workbench.runCommand('Moeplan: Preview DAG to the Side');
        await preview.getByRole('tab', { name: 'Time', exact: true, selected: true }).waitFor();
        // What is worth trying is asked for once the page shows what the command wants; before, it would turn back to that.
        await preview.getByText('Worth trying').first().waitFor();
        await session.openTab('DAG');
        await leaves.first().waitFor();
      },
    },
    {
      title: 'clicks a node and sees its source selected, and the node marked',
      async run() {
        await away();
        const id = await leaves.first().getAttribute('data-node-id');
        await leaves.first().click();
        await selects(/workload long-batch \{[^}]*\}/);
        await session.selected(id ?? '').waitFor();
      },
    },
    {
      title: 'clicks a node of the drawing and sees its source selected',
      async run() {
        await away();
        const canvas = preview.locator('canvas.dag-canvas');
        const [cameraX = 0, cameraY = 0, zoom = 1] =
          (await canvas.getAttribute('data-camera'))?.split(' ').map(Number) ?? [];
        // One of the first nodes: a narrow panel shows the beginning of the drawing.
        const id = 'front/l0-1/all/qkv';
        const { x, y, width, height } = boxOf(drawn, id);
        await canvas.click({ position: { x: (x + width / 2 - cameraX) * zoom, y: (y + height / 2 - cameraY) * zoom } });
        await session.selected(id).waitFor();
        await selects(/attention \{[^}]*\}/);
      },
    },
    {
      title: 'clicks a bar of memory, a slice of the timeline and a row of traffic, and sees their sources',
      async run() {
        await away();
        await session.openTab('Memory');
        await preview
          .getByRole('button', { name: /stage back/ })
          .first()
          .click();
        await selects(/stage back {2}\{[^}]*\}/);
        await away();
        await session.openTab('Timeline');
        await preview.getByRole('button', { name: 'Step', exact: true }).click();
        await preview.locator('canvas.timeline-canvas').focus();
        for (const key of ['ArrowRight', 'Enter']) await page.keyboard.press(key);
        await selects(/stage front \{[^}]*\}/);
        await away();
        await session.openTab('Traffic');
        await preview.getByRole('button', { name: 'all-reduce' }).click();
        await selects(/attention \{[^}]*\}/);
      },
    },
    {
      title: 'moves the cursor and sees what the line is about marked in every view',
      async run() {
        await session.openTab('Memory');
        await workbench.goTo(placeOf(text, /(^\s*)stage back/));
        const bars = preview.locator('.bar.at-cursor');
        await bars.getByText(/stage back/).waitFor();
        assert.equal(await bars.count(), 1);
        await session.openTab('DAG');
        const marked = session.view('dag').locator('.tree-node.at-cursor');
        await preview.getByRole('treeitem', { name: 'Stage back' }).first().click();
        await preview.getByRole('treeitem', { name: 'Layers 2..3' }).first().click();
        await marked.first().waitFor();
        await workbench.goTo(placeOf(text, /(^\s*)workload long-batch/));
        await session.view('dag').locator('.tree-node.at-cursor[data-node-id="source"]').waitFor();
        assert.equal(await marked.count(), 1);
      },
    },
    {
      title: 'goes from a line with one key to the deployment that it is about, and to its graph',
      async run() {
        await session.openTab('Compare');
        await workbench.goTo(placeOf(text, /(^\s*)latency +<= 2/));
        await page.keyboard.press('Control+Alt+j');
        await preview.getByRole('tab', { name: 'DAG', selected: true }).waitFor();
        assert.equal(await session.deployment.inputValue(), 'proposed');
        // The cursor stays where it is: one types on.
        await workbench.editorFocused();
      },
    },
    {
      title: 'goes from a line to its box with one key where no preview is open',
      async run() {
        await workbench.closeTab('Preview deployment-analysis.moeplan');
        await workbench.goTo(placeOf(text, /(^\s*)stage back/));
        await page.keyboard.press('Control+Alt+j');
        await preview.getByRole('region', { name: 'Selected node' }).getByText('back', { exact: true }).waitFor();
        assert.equal(await session.deployment.inputValue(), 'baseline-whole');
      },
    },
  ];
}
