import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';

/** The formats of the menu, the file that the dialog proposes, and how it begins. */
const FORMATS: readonly { readonly label: string; readonly file: string; readonly begins: RegExp }[] = [
  { label: 'PNG', file: 'deployment-analysis-baseline-whole.png', begins: /^.PNG\r\n/ },
  { label: 'SVG', file: 'deployment-analysis-baseline-whole.svg', begins: /^\s*<svg\b/ },
  { label: 'DOT', file: 'deployment-analysis-baseline-whole.dot', begins: /^\s*(strict\s+)?digraph\b/ },
  { label: 'Mermaid', file: 'deployment-analysis-baseline-whole.mmd', begins: /^---\ntitle: / },
  { label: 'JSON', file: 'deployment-analysis-baseline-whole.moeplan.graph.json', begins: /^\{\s*"deployment":/ },
  { label: 'Trace', file: 'deployment-analysis-baseline-whole.trace.json', begins: /^\{"displayTimeUnit":/ },
  { label: 'Report', file: 'deployment-analysis.md', begins: /^# \S/ },
];

/** Files written from the panel, by the editor's own dialog. */
export function exportSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, folder } = session;

  /** Chooses a format, and a place in the dialog that comes up with a proposal. */
  async function exportTo(label: string, proposed: string, file: string): Promise<void> {
    await preview.getByRole('button', { name: 'Export', exact: true }).click();
    await preview.getByRole('button', { name: `Export ${label}` }).click();
    const path = page.locator('.quick-input-widget input[type="text"]').first();
    await session.until(`the proposal of ${proposed}`, async () => (await path.inputValue()).endsWith(`/${proposed}`));
    await path.fill(join(folder, file));
    await page.keyboard.press('Enter');
  }

  const formats = session.isWeb ? FORMATS.slice(0, 3) : FORMATS;
  return [
    {
      title: `exports ${formats.map(({ label }) => label).join(', ')} to where the dialog says`,
      async run() {
        await session.deployment.selectOption('baseline-whole');
        await workbench.showNotifications();
        for (const { label, file, begins } of formats) {
          const target = `exported-${file}`;
          await exportTo(label, file, target);
          await workbench.notification(`Written to ${target}`).waitFor();
          assert.match(readFileSync(join(folder, target), 'latin1'), begins);
        }
      },
    },
    {
      title: 'is told clearly that a file could not be written',
      async run() {
        // A link to itself: it can be named and never be opened.
        symlinkSync('loop.svg', join(folder, 'loop.svg'));
        await exportTo('SVG', 'deployment-analysis-baseline-whole.svg', 'loop.svg');
        await workbench.notification(/loop\.svg was not written: /).waitFor();
        await session.picture('not-written');
        await workbench.dismiss(/loop\.svg was not written: /);
        assert.ok(!existsSync(join(folder, 'loop.svg')));
      },
    },
  ];
}
