import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Workbench } from './workbench.ts';

/** How long a condition on the screen may take: on a busy machine a webview alone may need half a minute. */
export const PATIENCE_MS = 120_000;

export interface SessionOptions {
  /** The opened folder, a copy that the drive may change. */
  readonly folder: string;
  /** Where pictures go. */
  readonly pictures: string;
  /** The extension runs in a web worker. */
  readonly isWeb: boolean;
}

/** What the steps share: the editor's page, the opened folder and the plan that most of them are about. */
export class Session {
  readonly page: Page;
  readonly workbench: Workbench;
  readonly isWeb: boolean;
  readonly plan = 'deployment-analysis.moeplan';
  /** The text of the plan before anything was done to it. */
  readonly text: string;
  readonly folder: string;
  private readonly pictures: string;

  constructor(page: Page, { folder, pictures, isWeb }: SessionOptions) {
    this.page = page;
    this.workbench = new Workbench(page);
    this.folder = folder;
    this.pictures = pictures;
    this.isWeb = isWeb;
    this.text = this.read(this.plan);
  }

  /** The page of the preview that is seen. */
  get preview() {
    return this.workbench.webview();
  }

  view(name: string): Locator {
    return this.preview.locator(`[data-view="${name}"]`);
  }

  get nodes(): Locator {
    return this.view('dag').locator('[data-node-id]');
  }

  /** The node that is selected in the graph. */
  selected(id: string): Locator {
    return this.view('dag').locator(`[data-node-id=${JSON.stringify(id)}][aria-selected="true"]`);
  }

  get deployment(): Locator {
    return this.preview.getByLabel('Deployment', { exact: true });
  }

  async openTab(name: string): Promise<void> {
    await this.preview.getByRole('tab', { name, exact: true }).click();
    await this.preview.getByRole('tab', { name, exact: true, selected: true }).waitFor();
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** As another program does it, not the editor. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  remove(file: string): void {
    rmSync(join(this.folder, file));
  }

  /** Waits until something that no element shows has come true: a file is written, a picture has come to rest. */
  async until(wanted: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${wanted}`);
      await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`), animations: 'disabled' });
  }
}
