import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { closeAll, diagnosticsWhen, eventually, inWorkspace, open, theExtension, write } from './support.ts';

/** The command line as tasks of the editor; what they report reaches the list of problems. */
export function tasksSuite(): void {
  describe('tasks', () => {
    before(async () => {
      await write('tasks/wrong.moeplan', 'no-such-block {\n}\n');
      await theExtension().activate();
    });
    after(closeAll);

    it('offer to check all plans, and the one that is edited', async () => {
      await open('tasks/wrong.moeplan');
      const names = (await vscode.tasks.fetchTasks({ type: 'moeplan' })).map(({ name }) => name);
      assert.deepEqual(names.sort(), ['check all plans', 'check tasks/wrong.moeplan', 'report of tasks/wrong.moeplan']);
    });

    it('check all plans, and put what they find in closed ones into the list of problems', async () => {
      await closeAll();
      assert.equal(await run(await taskNamed('check all plans')), 1);
      const found = await diagnosticsWhen(inWorkspace('tasks/wrong.moeplan'), 'what the task found', (all) =>
        all.some(({ message }) => message.includes('no-such-block')),
      );
      assert.equal(found[0]?.range.start.line, 0);
    });

    it('write a report beside a plan', async () => {
      await open('tasks/wrong.moeplan');
      assert.equal(await run(await taskNamed('report of tasks/wrong.moeplan')), 0);
      assert.ok(await vscode.workspace.fs.stat(inWorkspace('tasks/wrong.report.md')));
    });
  });
}

async function taskNamed(wanted: string): Promise<vscode.Task> {
  const tasks = await vscode.tasks.fetchTasks({ type: 'moeplan' });
  const task = tasks.find(({ name }) => name === wanted);
  assert.ok(task, `no task ${wanted}`);
  return task;
}

/** Runs a task to its end, and returns its exit status. */
async function run(task: vscode.Task): Promise<number | undefined> {
  let ended: { readonly exitCode: number | undefined } | undefined;
  const listener = vscode.tasks.onDidEndTaskProcess((event) => {
    if (event.execution.task.name === task.name) ended = event;
  });
  await vscode.tasks.executeTask(task);
  const { exitCode } = await eventually(
    vscode.tasks.onDidEndTaskProcess,
    `the end of ${task.name}`,
    () => ended,
    () => 'a task that runs on',
  );
  listener.dispose();
  return exitCode;
}
