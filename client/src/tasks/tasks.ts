import {
  type Disposable,
  l10n,
  ProcessExecution,
  Task,
  type TaskDefinition,
  TaskGroup,
  type TaskProvider,
  tasks,
  Uri,
  type WorkspaceFolder,
  window,
  workspace,
} from 'vscode';
import { type PlanTask, readTask, taskArguments } from './definition.ts';

const PROBLEM_MATCHERS = ['$moeplan'];

/**
 * Registers tasks that run the command line which ships with the extension, by the editor's own Node, so nothing of the workspace
 * is executed. They need processes and folders on a disk, which a browser does not have.
 */
export function registerTasks(extension: Uri): Disposable {
  const script = Uri.joinPath(extension, 'dist', 'moeplan.mjs').fsPath;
  const provider: TaskProvider = {
    async provideTasks() {
      const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
      return folders.flatMap((folder) => offered(folder).map((task) => makeTask(script, folder, task)));
    },
    resolveTask({ definition, scope }) {
      const task = readTask(definition);
      const folder = typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
      return task && folder?.uri.scheme === 'file' ? makeTask(script, folder, task, definition) : undefined;
    },
  };
  return tasks.registerTaskProvider('moeplan', provider);
}

/** A check of all plans in the folder, and tasks for the plan that is being edited. */
function offered(folder: WorkspaceFolder): readonly PlanTask[] {
  const document = window.activeTextEditor?.document;
  const isHere = document?.languageId === 'moeplan' && workspace.getWorkspaceFolder(document.uri) === folder;
  if (!document || !isHere) return [{ command: 'check' }];
  const file = workspace.asRelativePath(document.uri, false);
  return [{ command: 'check' }, { command: 'check', file }, { command: 'report', file }];
}

/**
 * Makes a task. If it comes from tasks.json, it needs the written definition, which the editor compares; otherwise one is made
 * from `task`.
 */
function makeTask(script: string, folder: WorkspaceFolder, task: PlanTask, written?: TaskDefinition): Task {
  const planTask = new Task(
    written ?? { type: 'moeplan', ...task },
    folder,
    nameOf(task),
    'moeplan',
    new ProcessExecution(process.execPath, [script, ...taskArguments(task)], {
      cwd: folder.uri.fsPath,
      // The desktop's own program is Electron, which runs scripts only if this variable is set.
      env: { ELECTRON_RUN_AS_NODE: '1' },
    }),
    PROBLEM_MATCHERS,
  );
  if (task.command === 'check' && task.file === undefined) planTask.group = TaskGroup.Test;
  return planTask;
}

function nameOf({ command, file }: PlanTask): string {
  if (file === undefined) return l10n.t('check all plans');
  return command === 'check' ? l10n.t('check {0}', file) : l10n.t('report of {0}', file);
}
