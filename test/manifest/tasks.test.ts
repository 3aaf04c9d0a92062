import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTask, taskArguments } from '../../client/src/tasks/definition.ts';

const root = join(import.meta.dirname, '../..');

function argumentsOf(definition: object): readonly string[] | undefined {
  const task = readTask({ type: 'moeplan', ...definition });
  return task && taskArguments(task);
}

describe('a task of tasks.json', () => {
  test.each<readonly [object, readonly string[]]>([
    [{ command: 'check' }, ['check', '.']],
    [{ command: 'check', file: '' }, ['check', '.']],
    [{ command: 'check', file: 'a b.moeplan' }, ['check', '--', 'a b.moeplan']],
    [
      { command: 'report', file: 'plans/a.moeplan' },
      ['report', '--output', 'plans/a.report.md', '--', 'plans/a.moeplan'],
    ],
  ])('%j runs the command line with its arguments', (definition, expected) => {
    expect(argumentsOf(definition)).toEqual(expected);
  });

  test('never makes an option of a file', () => {
    expect(argumentsOf({ command: 'check', file: '--format=json' })).toEqual(['check', '--', '--format=json']);
  });

  test('never writes over what it reads', () => {
    expect(argumentsOf({ command: 'report', file: 'plan.txt' })).toEqual([
      'report',
      '--output',
      'plan.txt.report.md',
      '--',
      'plan.txt',
    ]);
  });

  test.each([{}, { command: 'report' }, { command: 'lsp' }, { command: 'check; rm', file: 'a' }, { command: 7 }])(
    '%j is none',
    (definition) => {
      expect(argumentsOf(definition)).toBeUndefined();
    },
  );

  test('is offered only where there are processes: not by the edition for browsers', () => {
    const source = (name: string) => readFileSync(join(root, 'client/src', name), 'utf8');
    expect(source('extension.ts')).toContain('registerTasks');
    for (const name of ['extension.browser.ts', 'features.ts']) expect(source(name)).not.toContain('tasks/');
  });
});
