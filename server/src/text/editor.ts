import { oneLine, visible } from './visible.ts';

/** Texts in VS Code that are neither Markdown nor plain. Both the server and the extension write such texts. */

/** A label in which `$(name)` would draw an icon: status bar, quick pick, code lens, completion. */
export function labelText(text: string): string {
  return oneLine(text).replace(/\$(?=\(~?[\w-]+(?:~[\w-]+)?\))/g, '\\$');
}

/** A notification, in which `[text](address)` would become a link. A word joiner in front of the address prevents that. */
export function notificationText(text: string): string {
  return visible(text).replaceAll('](', ']\u2060(');
}
