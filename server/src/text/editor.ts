import { oneLine, visible } from './visible.ts';

/** Texts in VS Code that are neither Markdown nor plain. Both the server and the extension write some. */

/** A label that draws icons from `$(name)`: status bar, quick pick, code lens, completion. */
export function labelText(text: string): string {
  return oneLine(text).replace(/\$(?=\(~?[\w-]+(?:~[\w-]+)?\))/g, '\\$');
}

/** A notification, which makes links of `[text](address)`. A bracket that links has a word joiner in front of its address. */
export function notificationText(text: string): string {
  return visible(text).replaceAll('](', ']\u2060(');
}
