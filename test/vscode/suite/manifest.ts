import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { isRecord } from '../../../scripts/vscode/json.ts';
import { theExtension } from './support.ts';

export function manifestSuite(): void {
  describe('manifest, as this editor has read it', () => {
    it('works in a workspace that is not trusted', () => {
      const capability = member(capabilities(), 'untrustedWorkspaces');
      const supported = member(capability, 'supported');
      assert.ok(supported === true || supported === 'limited', `supported is ${String(supported)}`);
      if (supported === 'limited') assert.equal(typeof member(capability, 'description'), 'string');
    });

    it('works in a virtual workspace', () => {
      const capability = member(capabilities(), 'virtualWorkspaces');
      const supported = isRecord(capability) ? capability.supported : capability;
      assert.ok(supported === true || supported === 'limited', `supported is ${String(supported)}`);
    });

    it('is not started before a plan needs it', () => {
      const events = member(manifest(), 'activationEvents') ?? [];
      assert.ok(Array.isArray(events));
      for (const eager of ['*', 'onStartupFinished']) assert.ok(!events.includes(eager), `it activates on ${eager}`);
    });

    it('offers each command under one category', async () => {
      const commands = member(member(manifest(), 'contributes'), 'commands');
      assert.ok(Array.isArray(commands) && commands.length > 0);
      for (const command of commands) {
        assert.equal(member(command, 'category'), 'Moeplan', String(member(command, 'command')));
        assert.match(String(member(command, 'command')), /^moeplan\.\w+$/);
      }
    });

    it('registers each command that it offers', async () => {
      const commands = member(member(manifest(), 'contributes'), 'commands');
      assert.ok(Array.isArray(commands));
      await theExtension().activate();
      const registered = await vscode.commands.getCommands(true);
      for (const command of commands) {
        const name = String(member(command, 'command'));
        assert.ok(registered.includes(name), `${name} is offered but not registered`);
      }
    });
  });
}

function manifest(): unknown {
  return theExtension().packageJSON;
}

function capabilities(): unknown {
  return member(manifest(), 'capabilities');
}

/** A member of what should be an object; undefined where it is not one or has no such member. */
function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
