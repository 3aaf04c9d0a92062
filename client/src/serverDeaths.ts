import { commands, l10n } from 'vscode';
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
} from 'vscode-languageclient';
import { sayError } from './say.ts';

/** A server that has died this often in this time would die again at once. */
const MOST_DEATHS = 5;
const DEATHS_WITHIN_MS = 3 * 60_000;

/**
 * Starts a server again that has died.
 *
 * The library's own handler gives the server up when a fourth message in a row cannot be written. But several features write at
 * each edit, and a busy machine reports late that a process has ended, so a death in the middle of typing would be final.
 * Therefore messages that cannot be written are ignored. The end of the connection that follows counts, and the texts are sent
 * again after it.
 */
export class ServerDeaths implements ErrorHandler {
  private readonly now: () => number;
  private deaths: readonly number[] = [];

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = this.now();
    this.deaths = [...this.deaths.filter((death) => death > now - DEATHS_WITHIN_MS), now];
    if (this.deaths.length < MOST_DEATHS) return { action: CloseAction.Restart, handled: true };
    this.deaths = [];
    void offerRestart();
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

async function offerRestart(): Promise<void> {
  const restart = l10n.t('Restart Server');
  const notice = l10n.t(
    'The language server of moeplan has ended {0} times within {1} minutes and is not started again. The output channel `moeplan` says why.',
    MOST_DEATHS,
    DEATHS_WITHIN_MS / 60_000,
  );
  if ((await sayError(notice, restart)) === restart) await commands.executeCommand('moeplan.restartServer');
}
