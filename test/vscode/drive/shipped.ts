import assert from 'node:assert/strict';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

/** What ships with the extension, as a person gets to it from a plan: the page of a rule, the catalogue behind a name. */
export function shippedSteps(session: Session): readonly Step[] {
  const { page, workbench, text, plan } = session;
  return [
    {
      title: 'clicks the rule of a finding and reads its page, rendered',
      async run() {
        await workbench.goToProblem(/claim/i);
        await workbench.runCommand('Show or Focus Hover');
        await page.locator('.monaco-hover:visible .code-link').first().click();
        await workbench.tab('claim-not-met.md').waitFor();
        const shown = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
        await shown.getByRole('heading', { name: 'claim-not-met' }).waitFor();
        await session.picture('rule-page');
        await workbench.closeTab('claim-not-met.md');
      },
    },
    {
      title: 'goes to the catalogue behind a name, which nobody can change',
      async run() {
        await workbench.goTo(placeOf(text, /(node\s*=\s*)[A-Z]/));
        await page.keyboard.press('F12');
        const catalogue = page.locator('.tab.active[data-resource-name="nodes.moeplan"]');
        await catalogue.waitFor();
        await workbench.editor.locator('.view-line', { hasText: 'DGX' }).first().waitFor();
        await page.keyboard.type('x');
        await page.locator('.monaco-editor-overlaymessage', { hasText: 'catalogue' }).waitFor();
        assert.equal(await workbench.dirtyTab('nodes.moeplan').count(), 0);
        await session.picture('catalogue');
        await workbench.closeTab('nodes.moeplan');
        await page.locator(`.tab.active[data-resource-name="${plan}"]`).waitFor();
      },
    },
  ];
}
