import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { chooseTheme, THEMES } from './themes.ts';
import { placeOf } from './workbench.ts';

/** The pictures that README shows, by the names of their files in media/. */
export const README_PICTURES = ['hover-light', 'screenshot-light', 'screenshot-dark', 'what-if'] as const;

/** Takes the pictures of README, and checks on the way what they show. */
export function readmeSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, text } = session;
  const [light, , , dark] = THEMES;
  const picture = (name: (typeof README_PICTURES)[number]) => session.picture(name);
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
        await picture('hover-light');
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
          await picture(name);
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
        await picture('what-if');
      },
    },
  ];
}
