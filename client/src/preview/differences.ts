import { extensions, type Uri, workspace } from 'vscode';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type { Failed, FromPage, ToPage } from '../../../server/src/services/preview/protocol.ts';
import { reasonOf } from '../reason.ts';
import type { Requests } from '../requests.ts';
import { committedTexts } from './committed.ts';
import { Latest } from './latest.ts';

type Ask = Extract<FromPage, { type: 'differences' }>;

/** What the page asks of differences of one plan: with another deployment, or with the last commit. */
export class PanelDifferences {
  private readonly plan: Uri;
  private readonly requests: Requests;
  private readonly send: (message: ToPage) => void;
  private readonly latest = new Latest();

  constructor(plan: Uri, requests: Requests, send: (message: ToPage) => void) {
    this.plan = plan;
    this.requests = requests;
    this.send = send;
  }

  ask({ deployment, base, sequence }: Ask): void {
    this.latest.ask(async () => {
      this.send({ type: 'differences', sequence, answer: await this.answer(deployment, base) });
    });
  }

  private async answer(deployment: string, base: Ask['base']): Promise<DifferencesAnswer | Failed> {
    const gone = { failed: 'The plan is not open in an editor.' };
    try {
      if (base !== 'last-commit')
        return (await this.requests.differencesBetween(this.plan, base.deployment, deployment)) ?? gone;
      const unsaved = workspace.textDocuments.flatMap(({ isDirty, uri }) => (isDirty ? [uri] : []));
      const git = extensions.getExtension('vscode.git');
      const committed = await committedTexts(git, this.plan, unsaved);
      if ('unavailable' in committed) return committed;
      return (await this.requests.differencesTo(this.plan, deployment, committed.files)) ?? gone;
    } catch (error) {
      return { failed: reasonOf(error) };
    }
  }
}
