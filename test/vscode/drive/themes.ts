import type { Session } from './session.ts';
import type { Step } from './steps.ts';

/** The four kinds of theme, with the classes by which the workbench and a webview show them; the last one stays. */
export const THEMES = [
  { name: 'light', label: 'Light Modern', workbench: 'vs', webview: 'vscode-light' },
  { name: 'high-contrast', label: 'Dark High Contrast', workbench: 'hc-black', webview: 'vscode-high-contrast' },
  {
    name: 'high-contrast-light',
    label: 'Light High Contrast',
    workbench: 'hc-light',
    webview: 'vscode-high-contrast-light',
  },
  { name: 'dark', label: 'Dark Modern', workbench: 'vs-dark', webview: 'vscode-dark' },
] as const;

/** The tabs of the preview, by their names and with something that each shows once it is drawn. */
const TABS: readonly (readonly [name: string, drawn: string])[] = [
  ['Time', '.time-row'],
  ['Memory', '.bars .bar'],
  ['Timeline', '.layer-picture .bar'],
  ['Traffic', '.matrix-canvas'],
  ['Compare', 'table'],
  ['What-if', '.gauge'],
  ['Differences', '.marked-frame svg'],
  ['DAG', 'canvas.dag-canvas[data-camera]'],
];

export async function chooseTheme(
  { workbench, page, preview }: Session,
  theme: (typeof THEMES)[number],
): Promise<void> {
  await workbench.chooseTheme(theme.label);
  await page.locator(`.monaco-workbench.${theme.workbench}`).first().waitFor();
  await preview.locator(`body.${theme.webview}`).waitFor();
}

/** Every view in every theme. In a browser, where all of it is the same page, in one theme only. */
export function themeSteps(session: Session): readonly Step[] {
  return THEMES.map((theme) => ({
    title: `sees the views of the preview in the ${theme.name} theme`,
    async run() {
      await chooseTheme(session, theme);
      for (const [name, drawn] of session.isWeb && theme.name !== 'dark' ? TABS.slice(-1) : TABS) {
        await session.openTab(name);
        await session.preview.locator('[role="tabpanel"]:visible').locator(drawn).first().waitFor();
        await session.picture(`${theme.name}-${name.toLowerCase()}`);
      }
    },
  }));
}
