import { classOf } from './classes.ts';
import { tokensOf } from './tokens.ts';

/**
 * Runs in Markdown's preview, whose own highlighter does not know plans. A script of the page, and no part of Markdown's
 * renderer: that would start the extension and its server for every preview of a text without a plan.
 */
function colour(): void {
  for (const code of document.querySelectorAll('code.language-moeplan')) {
    if (code.querySelector('span')) continue;
    const parts = tokensOf(code.textContent ?? '').map(({ text, scope }) => coloured(text, classOf(scope)));
    // Only what gets a colour is changed: each change of the page comes here again.
    if (parts.some((part) => typeof part !== 'string')) code.replaceChildren(...parts);
  }
}

function coloured(text: string, className: string | undefined): HTMLElement | string {
  if (className === undefined) return text;
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

// The page puts its text in when it likes, at first and with each edit.
new MutationObserver(colour).observe(document, { childList: true, subtree: true });
colour();
