import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

/** Makes the folder a repository with all of its files in one commit, as its owner would have. */
export function commitAll(git: string, folder: string): void {
  const run = (...args: readonly string[]) => execFileSync(git, args, { cwd: folder, stdio: 'pipe' });
  const who = ['-c', 'user.name=A Planner', '-c', 'user.email=planner@example.org', '-c', 'commit.gpgsign=false'];
  run('init', '--quiet');
  run('add', '--all');
  run(...who, 'commit', '--quiet', '--message', 'Plan');
}

/** `hasGit`: the folder is a repository, and the editor's Git extension runs beside ours. */
export function differenceSteps(session: Session, hasGit: boolean): readonly Step[] {
  const { page, workbench, preview, text } = session;
  const view = session.view('differences');
  const nothing = view.getByText('Nothing differs between');
  const lastCommit = { label: 'baseline-whole in the last commit' };
  const from = preview.getByLabel('From', { exact: true });
  const compares: Step = {
    title: 'compares two deployments',
    async run() {
      await session.openTab('Differences');
      await preview
        .getByText(/nodes added/)
        .first()
        .waitFor();
      await session.picture('differences');
    },
  };
  const withoutGit: Step = {
    title: 'is told why there is no last commit here',
    async run() {
      await from.selectOption(lastCommit);
      await preview.getByText(session.isWeb ? /This editor has no Git/ : /Git is switched off/).waitFor();
      await from.selectOption('proposed');
    },
  };
  const withGit: Step = {
    title: 'sees what has changed since the last commit, in the tables and on the graph, while it is typed',
    async run() {
      await from.selectOption(lastCommit);
      await nothing.waitFor();
      // Unsaved: what counts is what stands in the editor.
      await workbench.goTo(placeOf(text, /(\btp = 8, pp = 2, )ep = 8/));
      for (let letters = 'ep = 8'.length; letters > 0; letters -= 1) await page.keyboard.press('Delete');
      await page.keyboard.type('etp = 8');
      await view
        .getByRole('row', { name: /\bep\b.*8/ })
        .first()
        .waitFor();
      await view.locator('.marked-node.changed').first().waitFor();
      await session.picture('differences-commit');
      assert.ok((await view.getByRole('row', { name: /experts/i }).count()) > 0);
      await workbench.runCommand('File: Revert File');
      await nothing.waitFor();
      await from.selectOption('proposed');
    },
  };
  return [compares, hasGit ? withGit : withoutGit];
}
