import { visible } from './visible.ts';

/**
 * The text of a message of SARIF 2.1.0. What reads as an embedded link, `[text](target)` (section 3.11.6), is written with its
 * brackets and backslashes escaped, and what reads as a placeholder, `{0}` (3.11.5), with its braces doubled. Other
 * brackets and braces stay as they are: many viewers show an escape where none is needed.
 */
export function sarifText(text: string): string {
  const shown = visible(text).replace(/\{(\d+)\}/g, '{{$1}}');
  return shown.includes('](') ? shown.replace(/[[\]\\]/g, '\\$&') : shown;
}
