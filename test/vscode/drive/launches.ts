import type { Session } from './session.ts';
import type { Step } from './steps.ts';

/** A launch that does not fit, and the file in which the folder has it. */
export const SERVE = 'serve.sh';
export const SERVE_TEXT = `#!/bin/bash
# on 8xH100
exec vllm serve deepseek-ai/DeepSeek-R1 \\
  --tensor-parallel-size 8 \\
  --max-num-seqs 256 \\
  --max-model-len 16384
`;

/** Where the value of the degree begins in it. */
const DEGREE = { line: 4, column: 26 };

/** A script that starts an engine is opened, read and mended. */
export function launchSteps(session: Session): readonly Step[] {
  const { page, workbench } = session;
  const lens = (text: string | RegExp) => page.locator('.codelens-decoration:visible a', { hasText: text });
  return [
    {
      title: 'sees in a script that starts an engine what does not fit, at its flag and above the command',
      async run() {
        await workbench.openFromExplorer(SERVE);
        await lens('does not fit').first().waitFor();
        await workbench.editor.locator('.squiggly-error').first().waitFor();
        await session.picture('launch');
        const hover = await workbench.hover(DEGREE);
        await hover.getByText('heads per GPU').first().waitFor();
        await session.picture('launch-hover');
        await page.keyboard.press('Escape');
      },
    },
    {
      title: 'opens its plan and preview from above the command',
      async run() {
        await lens('does not fit').first().click();
        await session.preview.getByRole('tab', { name: 'Memory', exact: true, selected: true }).waitFor();
        await session.picture('launch-preview');
      },
    },
  ];
}
