import type { FrameLocator, Locator, Page } from 'playwright-core';

/** A place in a text as an editor's status bar counts: from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * The first match of a pattern in a plan's code, past what the pattern's group 1 matches; what
 * stands in a `//` comment does not count.
 */
export function placeOf(text: string, pattern: RegExp): Place {
  for (const [index, source] of text.split(/\r?\n/).entries()) {
    const match = pattern.exec(source.replace(/\/\/.*$/, ''));
    if (match) return { line: index + 1, column: match.index + (match[1]?.length ?? 0) + 1 };
  }
  throw new Error(`the plan has no ${pattern}`);
}

/** The line, from 1, on which the first match of a block ends. */
function lastLineOf(text: string, block: RegExp): number {
  const match = block.exec(text);
  if (!match) throw new Error(`the plan has no ${block}`);
  return text.slice(0, match.index + match[0].length).split('\n').length;
}

/** The VS Code workbench in a page, with what a person does in it by mouse and keyboard. */
export class Workbench {
  readonly page: Page;
  /** The text editor, as opposed to the small editors that VS Code uses for input boxes. */
  readonly editor: Locator;

  constructor(page: Page) {
    this.page = page;
    this.editor = page.locator('.editor-instance .monaco-editor[role="code"]').first();
  }

  /** Opens a file of the explorer with a double click. */
  async openFromExplorer(name: string): Promise<void> {
    await this.page.getByRole('treeitem', { name }).first().dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.editorFocused();
  }

  /** The tab of a file or a preview. */
  tab(name: string): Locator {
    return this.page.locator('.tab').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** The tab of a file with changes that are not saved. */
  dirtyTab(name: string): Locator {
    return this.page.locator(`.tab.dirty[data-resource-name="${name}"]`);
  }

  async closeTab(name: string): Promise<void> {
    await this.tab(name).click({ button: 'middle' });
    await this.tab(name).waitFor({ state: 'detached' });
  }

  /** Saves what stands in the first group of editors. */
  async save(): Promise<void> {
    await this.focusText();
    await this.page.keyboard.press('ControlOrMeta+s');
  }

  /** By the palette and not by its key: an editor notices late that a preview has the focus, and gives it back to that. */
  async focusText(): Promise<void> {
    await this.runCommand('View: Focus First Editor Group');
    await this.editorFocused();
  }

  /** Waits until the first match of a block is selected, where nothing was: its end is where the cursor is. */
  async selected(text: string, block: RegExp): Promise<void> {
    await this.editor.locator('.selected-text').first().waitFor();
    await this.editor
      .locator('.active-line-number')
      .getByText(String(lastLineOf(text, block)), { exact: true })
      .waitFor();
  }

  /** Messages are read in their list: with the switch that lets tests in, the editor lets none pop up. */
  async showNotifications(): Promise<void> {
    await this.runCommand('Notifications: Show Notifications');
    await this.page.locator('.notifications-center.visible').waitFor();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-center .notification-list-item', { hasText: text });
  }

  async dismiss(text: string | RegExp): Promise<void> {
    await this.notification(text).hover();
    await this.notification(text).locator('.codicon-notifications-clear').click();
    await this.notification(text).waitFor({ state: 'detached' });
  }

  /** What errors say that were shown and not dismissed; those of the editor's own extensions are its own affair. */
  async errors(): Promise<readonly string[]> {
    await this.showNotifications();
    const errors = this.page.locator('.notifications-center .notification-list-item:has(.codicon-error)');
    return errors.filter({ hasNotText: "Activating extension 'vscode." }).allInnerTexts();
  }

  /** Runs a command by its full title in the command palette. */
  async runCommand(title: string, { opensPicker = false } = {}): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.pick(`>${title}`, title);
    if (!opensPicker) await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Moves the cursor to a place with "Go to Line", which also scrolls there. */
  async goTo({ line, column }: Place): Promise<void> {
    await this.focusText();
    await this.page.keyboard.press('Control+g');
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('input').fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Rests the mouse on the character after a place and returns the hover that comes up. */
  async hover(place: Place): Promise<Locator> {
    await this.goTo(place);
    // Text and cursor are drawn with the frame after the status bar tells their place.
    await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    // The cursor stands at the place, so it tells where that is on the screen.
    const box = await this.editor.locator('.cursor').first().boundingBox();
    if (box === null) throw new Error('the editor shows no cursor');
    await this.page.mouse.move(box.x + 3, box.y + box.height / 2, { steps: 5 });
    const hover = this.page.locator('.monaco-hover:visible');
    await hover.first().waitFor();
    return hover.first();
  }

  /** Opens the list of problems and goes to the first that contains a text. */
  async goToProblem(text: RegExp): Promise<void> {
    await this.runCommand('Problems: Focus on Problems View');
    const problem = this.page.locator('.markers-panel').getByRole('treeitem').filter({ hasText: text }).first();
    await problem.dblclick();
    await this.editorFocused();
    await this.runCommand('View: Hide Panel');
  }

  /** Chooses a color theme by the name that the picker shows. */
  async chooseTheme(label: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme', { opensPicker: true });
    await this.pick(label, label);
  }

  /** Types into the open picker and clicks the row of exactly that name. */
  private async pick(typed: string, row: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('input').first().fill(typed);
    const exactly = this.page.getByText(row, { exact: true });
    await widget.locator('.monaco-list-row').filter({ has: exactly }).first().click();
  }

  /** Opening a file ends with the focus in its editor, which would close a palette opened earlier. */
  async editorFocused(): Promise<void> {
    await this.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
  }

  /** The page inside a webview, which VS Code puts into two frames. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }
}
