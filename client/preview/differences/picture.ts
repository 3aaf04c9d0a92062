import type { SceneGroup } from '../../../server/src/graph/types.ts';
import type {
  Mark,
  MarkedEdge,
  MarkedNode,
  MarkedPicture,
} from '../../../server/src/services/preview/differencesProtocol.ts';
import type { Attributes } from '../dom.ts';
import { setAttributes } from '../dom.ts';

/** The letter of a mark. It stands in a badge on the node, whose outline has a pattern of its own besides. */
export const LETTERS: Readonly<Record<Exclude<Mark, 'same'>, readonly [letter: string, word: string]>> = {
  added: ['A', 'added'],
  removed: ['R', 'removed'],
  changed: ['C', 'changed'],
};

/** Both graphs as one drawing. The table of nodes says the same in words. */
export function drawPicture(picture: MarkedPicture, label: string, open: (node: MarkedNode) => void): SVGSVGElement {
  const { width, height, groups, edges, nodes } = picture;
  const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: 'marked' });
  root.append(...groups.flatMap(drawGroup), ...edges.map(drawEdge), ...nodes.map((node) => drawNode(node, open)));
  return root;
}

/** A small node with a mark, for the legend. */
export function sample(mark: Mark): SVGSVGElement {
  const root = svg('svg', { viewBox: '-10 -10 54 36', width: 54, height: 36, 'aria-hidden': 'true', class: 'marked' });
  root.append(outline('compute', { x: 0, y: 0, width: 36, height: 18 }, mark), ...badge(mark, 0, 0));
  return root;
}

function drawGroup({ kind, label, x, y, width, height }: SceneGroup): SVGElement[] {
  if (kind === 'gpu') return [];
  return [
    svg('rect', { class: `marked-group ${kind}`, x, y, width, height, rx: kind === 'layer' ? 8 : 10 }),
    text(label, { class: 'marked-group-label', x: x + (kind === 'stage' ? 32 : 12), y: y + 16 }),
  ];
}

function drawEdge({ points, kind, mark }: MarkedEdge): SVGElement {
  const steps: string[] = [];
  for (let index = 0; index + 1 < points.length; index += 2)
    steps.push(`${index === 0 ? 'M' : 'L'}${points[index]} ${points[index + 1]}`);
  return svg('path', { class: `marked-edge ${mark}${kind === 'gate' ? ' gate' : ''}`, d: steps.join('') });
}

function drawNode(node: MarkedNode, open: (node: MarkedNode) => void): SVGElement {
  const { x, y, width, height, kind, label, lines, mark, changes } = node;
  const group = svg('g', { class: `marked-node ${mark}`, 'data-marked-id': node.id });
  const middle = x + width / 2;
  const first = y + height / 2 - (lines.length * 12.5) / 2 + 4;
  const about = svg('title', {});
  about.textContent = [label, mark === 'same' ? 'the same in both' : mark, ...changes].join('\n');
  group.append(
    about,
    outline(kind, node, mark),
    text(label, { class: 'marked-label', x: middle, y: first }),
    ...lines.map((line, index) => text(line, { class: 'marked-detail', x: middle, y: first + 14 + index * 12 })),
    ...badge(mark, x, y),
  );
  group.addEventListener('click', () => open(node));
  return group;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The usual shape of the kind of node, with the outline of the mark. What was added has a second line around it. */
function outline(kind: MarkedNode['kind'], place: Place, mark: Mark): SVGElement {
  const group = svg('g', {});
  group.append(shape(kind, place, `marked-outline ${kind} ${mark}`));
  if (mark === 'added') {
    const { x, y, width, height } = place;
    group.append(shape(kind, { x: x - 4, y: y - 4, width: width + 8, height: height + 8 }, 'marked-ring'));
  }
  return group;
}

function shape(kind: MarkedNode['kind'], { x, y, width, height }: Place, classes: string): SVGElement {
  switch (kind) {
    case 'communication':
      return svg('ellipse', { class: classes, cx: x + width / 2, cy: y + height / 2, rx: width / 2, ry: height / 2 });
    case 'routing':
    case 'aggregation': {
      const slant = Math.min(14, height / 3);
      const d = `M${x + slant} ${y}H${x + width}L${x + width - slant} ${y + height}H${x}z`;
      return svg('path', { class: classes, d });
    }
    default: {
      const rx = kind === 'source' || kind === 'sink' ? height / 2 : 5;
      return svg('rect', { class: classes, x, y, width, height, rx });
    }
  }
}

function badge(mark: Mark, x: number, y: number): readonly SVGElement[] {
  if (mark === 'same') return [];
  const [letter] = LETTERS[mark];
  const group = svg('g', { class: 'marked-letter-badge' });
  group.append(
    svg('circle', { class: 'marked-badge', cx: x + 1, cy: y + 1, r: 9 }),
    text(letter, { class: 'marked-letter', x: x + 1, y: y + 5 }),
  );
  return [group];
}

function text(content: string, attributes: Attributes): SVGElement {
  const node = svg('text', attributes);
  node.textContent = content;
  return node;
}

function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes): SVGElementTagNameMap[Tag] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(node, attributes);
  return node;
}
