import { type QuickPickItem, type QuickPickOptions, window } from 'vscode';
import { labelText, notificationText } from '../../server/src/text/editor.ts';

/**
 * Notifications and quick picks of the extension. Both draw markup that text of a plan, a path or a message of the system
 * may hold: notifications make links, and quick picks draw icons.
 */

/** Answers with the button that was pressed, where there are any. */
export async function sayError(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return window.showErrorMessage(notificationText(text), ...buttons);
}

export async function sayInformation(text: string, ...buttons: readonly string[]): Promise<string | undefined> {
  return window.showInformationMessage(notificationText(text), ...buttons);
}

/** Answers with the item that was chosen, its texts as they were given; all else of an item is shown as it is. */
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
