import { visible } from './visible.ts';

/**
 * The text of a message of SARIF 2.1.0. In a text that holds an embedded link, `[text](target)` (section 3.11.6), brackets and
 * backslashes are escaped. Braces of a placeholder, `{0}` (3.11.5), are doubled. Other brackets and braces stay as they are,
 * because many viewers show an escape where none is needed.
 */
export function sarifText(text: string): string {
  const shown = visible(text).replace(/\{(\d+)\}/g, '{{$1}}');
  return shown.includes('](') ? shown.replace(/[[\]\\]/g, '\\$&') : shown;
}
