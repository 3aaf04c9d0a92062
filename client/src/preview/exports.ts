import { commands, l10n, type Uri } from 'vscode';
import { EXPORTS } from '../../../server/src/services/preview/exportFormats.ts';
import type { FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import { savePng } from '../exports/commands.ts';
import { reasonOf } from '../reason.ts';
import type { Requests } from '../requests.ts';
import { sayError } from '../say.ts';
import type { Progress } from '../walkthrough.ts';

type Message<Type extends FromPage['type']> = Extract<FromPage, { type: Type }>;

/** What a panel's page exports. A PNG is drawn by the page, as the graph is shown there, because nothing else here can draw. */
export class PanelExports {
  private readonly requests: Requests;
  private readonly progress: Progress;
  private readonly send: (message: ToPage) => void;
  /** Deployments of which the page draws a picture. What it sends of others was not asked for. */
  private readonly awaited = new Set<string>();

  constructor(requests: Requests, progress: Progress, send: (message: ToPage) => void) {
    this.requests = requests;
    this.progress = progress;
    this.send = send;
  }

  forget(): void {
    this.awaited.clear();
  }

  async start(plan: Uri, message: Message<'export'>): Promise<void> {
    try {
      await this.exportAs(plan, message);
    } catch (error) {
      // The server is gone, or the text has changed meanwhile.
      void sayError(l10n.t('Nothing was exported: {0}', reasonOf(error)));
    }
  }

  async drawn(plan: Uri, message: Message<'png' | 'noPng'>): Promise<void> {
    if (!this.awaited.delete(message.deployment)) return;
    if (message.type === 'noPng') {
      void sayError(l10n.t('No PNG was made: {0}', message.reason));
      return;
    }
    const bytes = Uint8Array.from(atob(message.data), (char) => char.charCodeAt(0));
    await savePng(plan, message.deployment, bytes, this.progress);
  }

  private async exportAs(plan: Uri, { deployment, format, picture }: Message<'export'>): Promise<void> {
    if (format === 'launch') {
      await commands.executeCommand('moeplan.writeLaunch', plan, deployment);
      return;
    }
    if (format !== 'png') {
      const asked = format === 'svg' && picture === 'machines' ? picture : undefined;
      await commands.executeCommand(EXPORTS[format].command, plan, undefined, deployment, asked);
      return;
    }
    const asked = ({ each: 'picture', folded: 'folded-picture', machines: 'machines-picture' } as const)[picture];
    const svg = await this.requests.export(plan, asked, deployment);
    if (svg === null) void sayError(l10n.t('{0} cannot be drawn. The Problems panel says why.', deployment));
    else {
      this.awaited.add(deployment);
      this.send({ type: 'rasterise', deployment, svg });
    }
  }
}
