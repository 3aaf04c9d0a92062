import { commands, l10n } from 'vscode';
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
} from 'vscode-languageclient';
import { sayError } from './say.ts';

/** A server that has died so often in such a time would die again at once. */
const MOST_DEATHS = 5;
const IN_MS = 3 * 60_000;

/**
 * Starts a server that has died again.
 *
 * The library's own handler gives the server up when a fourth message in a row cannot be written. But several features
 * write at each edit, and a busy machine tells late that a process has ended: a death in the middle of typing would be
 * for good. What cannot be written is therefore passed over. The end that follows is what counts, and the texts are
 * sent anew after it.
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
    this.deaths = [...this.deaths.filter((death) => death > now - IN_MS), now];
    if (this.deaths.length < MOST_DEATHS) return { action: CloseAction.Restart, handled: true };
    this.deaths = [];
    void offerRestart();
    return { action: CloseAction.DoNotRestart, handled: true };
  }
}

async function offerRestart(): Promise<void> {
  const restart = l10n.t('Restart Server');
  const told = l10n.t(
    'The language server of moeplan has ended {0} times within {1} minutes and is not started again. The output channel `moeplan` says why.',
    MOST_DEATHS,
    IN_MS / 60_000,
  );
  if ((await sayError(told, restart)) === restart) await commands.executeCommand('moeplan.restartServer');
}
