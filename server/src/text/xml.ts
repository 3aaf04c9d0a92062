import { visible } from './visible.ts';

/** Text between tags or in an attribute of XML, SVG or HTML. It never opens a tag, ends an attribute or breaks the file. */
export function xmlText(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
