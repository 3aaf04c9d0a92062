import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { closeAll, diagnosticsWhen, inWorkspace, open, write } from './support.ts';

export function restartSuite(): void {
  describe('a server that dies', () => {
    after(closeAll);

    it('is started again in the middle of an edit, and knows the text that it never saw', async () => {
      const file = 'restart.moeplan';
      await write(file, 'first-mistake {\n}\n');
      const { document } = await open(file);
      const names = (word: string) => (all: readonly vscode.Diagnostic[]) =>
        all.some(({ message }) => message.includes(word));
      await diagnosticsWhen(inWorkspace(file), 'the first mistake', names('first-mistake'));
      const [server, ...others] = servers();
      assert.ok(server !== undefined && others.length === 0, `one server, not ${others.length + 1}`);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), 'second-mistake {\n}\n');
      const edited = vscode.workspace.applyEdit(edit);
      process.kill(server, 'SIGKILL');
      assert.ok(await edited);
      // Whoever types goes on typing: none of this can be written to a process that is no more.
      for (const word of ['third', 'fourth', 'fifth', 'sixth']) {
        const more = new vscode.WorkspaceEdit();
        more.insert(document.uri, document.positionAt(document.getText().length), `// ${word}\n`);
        assert.ok(await vscode.workspace.applyEdit(more));
      }
      const both = (all: readonly vscode.Diagnostic[]) => names('first-mistake')(all) && names('second-mistake')(all);
      const found = await diagnosticsWhen(inWorkspace(file), 'both mistakes', both);
      assert.ok(found.some(({ range, message }) => range.start.line === 2 && message.includes('first-mistake')));
      const [again] = servers();
      assert.notEqual(again, server);
    });
  });
}

/** Ids of the processes that this extension host has started for the language server. */
function servers(): readonly number[] {
  return processes().flatMap(({ id, parent, command }) =>
    parent === process.pid && /[\\/]dist[\\/]server\.cjs\b/.test(command) ? [id] : [],
  );
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): readonly Process[] {
  // Not every Linux has `ps`, but each says the same under /proc.
  if (existsSync('/proc/self/stat'))
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? read(name) : []));
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ id: Number(id), parent: Number(parent), command }];
  });
}

function read(id: string): readonly Process[] {
  try {
    // The name in brackets may hold blanks; the parent is the second field behind it.
    const parent = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[1];
    const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [{ id: Number(id), parent: Number(parent), command }];
  } catch {
    // It has ended since the folder was read.
    return [];
  }
}
