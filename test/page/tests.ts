import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { PreviewModel } from '../../server/src/services/preview/protocol.ts';
import type { PreviewView } from '../../server/src/services/preview/views.ts';
import { PATIENCE_MS, type Panel, type PanelOptions } from './panel.ts';
import { type ExampleName, foldsOf, modelOf } from './plans.ts';
import { themeOf } from './themes.ts';

/** Opens a page; the runner closes it, and fails the test when anything was blocked or thrown in it. */
export type OpenPanel = (options?: Partial<PanelOptions>) => Promise<Panel>;

export interface PageTest {
  readonly title: string;
  run(open: OpenPanel): Promise<void>;
}

export interface Opened {
  readonly panel: Panel;
  readonly model: PreviewModel;
}

/** A page that shows an example. */
export async function openExample(
  open: OpenPanel,
  name: ExampleName,
  chosen: { readonly view?: PreviewView; readonly deployment?: string; readonly detailed?: boolean } = {},
  options: Partial<PanelOptions> = {},
): Promise<Opened> {
  const { view = 'dag', deployment, detailed = false } = chosen;
  const panel = await open({ theme: themeOf('dark'), state: { folded: !detailed }, answer: foldsOf(name), ...options });
  const model = modelOf(name);
  await panel.send({ type: 'model', model });
  await panel.send({ type: 'show', view, ...(deployment !== undefined && { deployment }) });
  return { panel, model };
}

/** Turns the timeline from one layer, on which it opens, to the whole step. */
export async function showWholeStep(panel: Panel): Promise<void> {
  await panel.view('timeline').getByRole('button', { name: 'Step', exact: true }).click();
  await panel.settle();
}

/** The state that the page has saved, once it is the wanted one. */
export async function kept(panel: Panel, matches: (text: string) => boolean): Promise<unknown> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!matches(JSON.stringify(panel.state))) {
    if (Date.now() > deadline) throw new Error(`the page has kept ${JSON.stringify(panel.state)}`);
    await panel.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  return panel.state;
}

/** What is seen of the text of an element, once it is there. */
export async function textOf(locator: Locator): Promise<string> {
  await locator.waitFor();
  return only(await locator.allInnerTexts());
}

/** The only element of a list. */
export function only<Item>(items: readonly Item[]): Item {
  assert.equal(items.length, 1);
  const [item] = items;
  assert.ok(item !== undefined);
  return item;
}

export function near(actual: number, expected: number, slack: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= slack, `${what}: ${actual}, expected ${expected} within ${slack}`);
}
