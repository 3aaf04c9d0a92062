import { type Attributes, type Child, setAttributes } from '../dom.ts';

/** An element of a drawing. Text becomes text nodes, as in `element`. */
export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(node, attributes);
  node.append(...children.filter((child) => child !== undefined && child !== false));
  return node;
}
