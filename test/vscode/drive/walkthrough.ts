import { join } from 'node:path';
import { isRecord, readRecord } from '../../../scripts/vscode/json.ts';
import { projectRoot } from '../../../scripts/vscode/paths.ts';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

/** Where a step has its title: in the middle of an opened one stand buttons. */
const TITLE = { x: 60, y: 16 };

/** What the drive has done without the walkthrough since the window was loaded anew. */
const DONE_BEFORE = ['Open a plan', 'Read the figures where you write', 'Change a degree', 'See one step as a graph'];

/** What a newcomer does: an edit that is followed, and the walkthrough. */
export function walkthroughSteps(session: Session): readonly Step[] {
  const { page, workbench, text } = session;
  return [
    {
      title: 'renames a stage in the text and sees the preview follow',
      async run() {
        await session.openTab('DAG');
        await session.deployment.selectOption('baseline-whole');
        await workbench.goTo(placeOf(text, /(^\s*stage\s+)[\w-]+/));
        // "Change All Occurrences": the stage's declaration and the edges that name it.
        await page.keyboard.press('ControlOrMeta+F2');
        await page.locator('.statusbar-item', { hasText: /\d+ selections/ }).waitFor();
        await page.keyboard.type('renamed-stage');
        await session.view('dag').getByRole('treeitem', { name: 'renamed-stage' }).first().waitFor();
        await session.picture('edited');
      },
    },
    {
      title: 'walks through the first minutes: a picture in each step, and what was done is ticked off',
      async run() {
        await workbench.runCommand('File: Revert File');
        await workbench.runCommand('View: Close All Editors');
        await workbench.runCommand('Moeplan: Get Started');
        const walkthrough = page.locator('.gettingStartedContainer');
        const shown = walkthrough.locator('.getting-started-step');
        const media = page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
        await shown.first().waitFor();
        for (const [index, step] of stepsOfManifest().entries()) {
          await shown.nth(index).click({ position: TITLE });
          await media.locator(`svg[data-step="${step}"]`).waitFor();
          await session.picture(`walkthrough-${step}`);
        }
        for (const title of DONE_BEFORE)
          await shown.filter({ hasText: title }).locator('.codicon.complete').first().waitFor();
        await shown.filter({ hasText: 'Mend what is wrong' }).click({ position: TITLE });
        await page.getByRole('button', { name: 'Open an Example with Mistakes' }).click();
        await workbench.editorFocused();
      },
    },
  ];
}

/** The steps of the walkthrough in their order, as the manifest names them. */
function stepsOfManifest(): readonly string[] {
  const { contributes } = readRecord(join(projectRoot, 'package.json'));
  const walkthroughs = isRecord(contributes) ? contributes.walkthroughs : undefined;
  const [walkthrough]: readonly unknown[] = Array.isArray(walkthroughs) ? walkthroughs : [];
  const steps = isRecord(walkthrough) && Array.isArray(walkthrough.steps) ? walkthrough.steps : [];
  return steps.filter(isRecord).map(({ id }) => String(id));
}
