import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { chooseTheme, THEMES } from './themes.ts';
import { placeOf } from './workbench.ts';

/** Takes the pictures of README, under the names of their files in media/, and checks on the way what they show. */
export function readmeSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, text } = session;
  const [light, , , dark] = THEMES;
  let frames = 0;
  /** A frame of the moving picture, by its number and the time for which it is seen. */
  const frame = async (milliseconds: number) => {
    frames += 1;
    await session.picture(`moving-${String(frames).padStart(2, '0')}-${milliseconds}`);
  };
  const errors = workbench.editor.locator('.squiggly-error');
  return [
    {
      title: 'takes the frames of a mistake that is told, mended and drawn',
      async run() {
        const size = page.viewportSize();
        await page.setViewportSize({ width: 1_200, height: 720 });
        await workbench.chooseTheme(light.label);
        await page.locator(`.monaco-workbench.${light.workbench}`).first().waitFor();
        await workbench.runCommand('View: Close Primary Side Bar');
        await workbench.runCommand('View: Toggle Minimap');
        await workbench.runCommand('Moeplan: Preview DAG to the Side');
        await session.openTab('DAG');
        await session.nodes.first().waitFor();
        await workbench.goTo(placeOf(text, /(\btp = )8/));
        await frame(1_500);
        await page.keyboard.press('Delete');
        await page.keyboard.type('6');
        await errors.first().waitFor();
        await preview.getByText('Not up to date').waitFor();
        await frame(1_800);
        await page.keyboard.press('ControlOrMeta+.');
        await page.locator('.action-widget').first().waitFor();
        await frame(1_800);
        await page.keyboard.press('Enter');
        await errors.first().waitFor({ state: 'detached' });
        await preview.getByText('Not up to date').waitFor({ state: 'hidden' });
        await frame(2_000);
        await page.keyboard.press('Backspace');
        await page.keyboard.press('ControlOrMeta+Space');
        const row = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'tokens/s' });
        await row.first().waitFor();
        await frame(2_400);
        await page.keyboard.press('Escape');
        await workbench.runCommand('File: Revert File');
        await errors.first().waitFor({ state: 'detached' });
        await workbench.runCommand('View: Close All Editors');
        await workbench.runCommand('View: Toggle Minimap');
        await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
        if (size) await page.setViewportSize(size);
        await workbench.openFromExplorer(session.plan);
      },
    },
    {
      title: 'takes a picture of a hover',
      async run() {
        await workbench.chooseTheme(light.label);
        await page.locator(`.monaco-workbench.${light.workbench}`).first().waitFor();
        await workbench.editor.locator('.squiggly-warning').first().waitFor();
        const hover = await workbench.hover(placeOf(text, /(\bgpus\s*=\s*)\d+\.\.\d+/));
        await hover
          .locator('table', { hasText: /[GM]iB/ })
          .first()
          .waitFor();
        await session.picture('hover-light');
        await page.keyboard.press('Escape');
      },
    },
    {
      title: 'takes a picture of a plan beside its graph, with a node selected',
      async run() {
        await workbench.runCommand('Moeplan: Preview DAG to the Side');
        await session.nodes.first().click();
        await session.selected('source').waitFor();
        await workbench.selected(text, /workload long-batch \{[^}]*\}/);
        await chooseTheme(session, dark);
        await workbench.focusText();
        await session.picture('screenshot-dark');
        await chooseTheme(session, light);
      },
    },
    {
      title: 'takes a picture of a what-if',
      async run() {
        await session.openTab('What-if');
        await preview.getByRole('slider', { name: 'Batch', exact: true }).focus();
        await page.keyboard.press('ArrowRight');
        await preview.getByRole('row', { name: /^Latency .* worse$/ }).waitFor();
        await session.picture('what-if');
      },
    },
  ];
}
