import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { chooseTheme, THEMES } from './themes.ts';
import { placeOf } from './workbench.ts';

/** Takes the pictures of README, under the names of their files in media/, and checks on the way what they show. */
export function readmeSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, text } = session;
  const [light, , , dark] = THEMES;
  return [
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
      title: 'takes pictures of a plan beside its graph, with a node selected',
      async run() {
        await workbench.runCommand('Moeplan: Preview DAG to the Side');
        await session.nodes.first().click();
        await session.selected('source').waitFor();
        await workbench.selected(text, /workload long-batch \{[^}]*\}/);
        for (const [theme, name] of [
          [light, 'screenshot-light'],
          [dark, 'screenshot-dark'],
        ] as const) {
          await chooseTheme(session, theme);
          await workbench.focusText();
          await session.picture(name);
        }
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
