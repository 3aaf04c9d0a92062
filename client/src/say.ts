import { type QuickPickItem, type QuickPickOptions, window } from 'vscode';
import { labelText, notificationText } from '../../server/src/text/editor.ts';

/**
 * Notifications and quick picks of the extension. Notifications turn text into links, and quick picks draw icons. The text of a
 * plan, a path or a message of the system may hold such markup.
 */

/** Shows an error, and returns the button that was pressed. */
export async function sayError(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return window.showErrorMessage(notificationText(text), ...buttons);
}

export async function sayWarning(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return window.showWarningMessage(notificationText(text), ...buttons);
}

export async function sayInformation(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return window.showInformationMessage(notificationText(text), ...buttons);
}

/**
 * Lets the user pick an item, and returns the item with its texts as they were given. Only these texts are changed for display.
 */
export async function pick<Item extends QuickPickItem>(
  items: readonly Item[],
  options: QuickPickOptions,
): Promise<Item | undefined> {
  const shown = items.map((item) => ({
    ...item,
    label: labelText(item.label),
    ...(item.description !== undefined && { description: labelText(item.description) }),
    ...(item.detail !== undefined && { detail: labelText(item.detail) }),
    given: item,
  }));
  return (await window.showQuickPick(shown, options))?.given;
}
