import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { analysis, write } from './support.ts';

/** The tools as an assistant calls them: by name, with what a model wrote. */
export function languageModelToolsSuite(): void {
  describe('tools for language models', () => {
    it('are offered with what they do', () => {
      const names = vscode.lm.tools.filter(({ name }) => name.startsWith('moeplan_')).map(({ name }) => name);
      assert.deepEqual(names.sort(), ['moeplan_check', 'moeplan_compare', 'moeplan_inspect']);
    });

    it('check a plan that is not open', async () => {
      await write('tool.moeplan', 'no-such-block {\n}\n');
      assert.match(await ask('check', { path: 'tool.moeplan' }), /^tool\.moeplan:1:1: error\[unknown-block\]: /);
    });

    it('inspect a plan', async () => {
      assert.match(await ask('inspect', { path: analysis }), /^# Deployment analysis[\s\S]*GiB/);
    });

    it('compare the deployments that are named', async () => {
      const text = await ask('compare', { path: analysis, deployments: ['baseline-whole', 'proposed'] });
      assert.match(text, /^ +baseline-whole +proposed$/m);
      assert.doesNotMatch(text, /baseline-split/);
    });

    for (const path of ['../outside.moeplan', '/etc/plan.moeplan', 'notes.txt', 'file:///plan.moeplan']) {
      it(`do not read ${path}`, async () => {
        await assert.rejects(ask('check', { path }), /no path of a \.moeplan file/);
      });
    }
  });
}

async function ask(tool: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(`moeplan_${tool}`, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
