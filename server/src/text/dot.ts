import { oneLine } from './visible.ts';

/**
 * Text inside a label of Graphviz' language (escString). It holds no escape sequence (`\N` is the node's name), no entity, no end
 * of the string, and nothing that ts-graphviz or Graphviz would take for an HTML-like label.
 */
export function dotText(text: string): string {
  return oneLine(text)
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\"]/g, '\\$&');
}

/** A name of a graph, a node or a cluster. Names are compared but not shown, so it only has to stay one string. */
export function dotId(text: string): string {
  return oneLine(text).replace(/[\\"]/g, '\\$&');
}
