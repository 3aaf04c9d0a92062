import { xmlText } from '../text/xml.ts';
import { textWidth } from './layout/textWidth.ts';
import { MEMORY_LABELS } from './palette.ts';
import { FONT_FAMILY, Painter, type SvgTheme } from './svgPaint.ts';
import type { Scene, SceneEdge, SceneGroup, SceneNode } from './types.ts';

/** Lines above the picture: its title, and what a reader wants to know first. */
export interface SvgHeader {
  readonly title: string;
  readonly lines: readonly string[];
}

const LEGEND = [
  ['compute', 'computation'],
  ['communication', 'communication'],
  ['routing', 'routing, aggregation'],
  ['gate', 'gate selection (dashed edges)'],
  ['closed', 'closed group; a stack: equal ones'],
] as const;

const HEAD = 26;
const LINE = 18;
/** Room for the legend. */
const LEAST_WIDTH = 1180;

/**
 * The scene as a standalone file, painted with attributes alone so that every viewer shows it. Equal scenes give equal
 * bytes.
 */
export function toSvg(scene: Scene, header: SvgHeader, theme: SvgTheme = 'both'): string {
  return new Svg(theme, undefined).draw(scene, header);
}

/** How a node differs between two graphs in one picture. A node without a mark is the same in both. */
export type SvgMark = 'added' | 'removed' | 'changed';

export interface SvgMarks {
  readonly nodes: ReadonlyMap<string, SvgMark>;
  /** Edges by `FROM TO`. */
  readonly edges: ReadonlyMap<string, SvgMark>;
}

/** Two graphs in one picture. Marks are letters and patterns of outlines, so they can be told apart without colours. */
export function toMarkedSvg(scene: Scene, header: SvgHeader, marks: SvgMarks, theme: SvgTheme = 'both'): string {
  return new Svg(theme, marks).draw(scene, header);
}

class Svg {
  private readonly painter: Painter;
  private readonly marks: SvgMarks | undefined;

  constructor(theme: SvgTheme, marks: SvgMarks | undefined) {
    this.painter = new Painter(theme);
    this.marks = marks;
  }

  draw(scene: Scene, { title, lines }: SvgHeader): string {
    const top = 20 + HEAD + lines.length * LINE + 44;
    const width = Math.ceil(Math.max(scene.width, LEAST_WIDTH, ...lines.map((line) => textWidth(line, 13) + 48)));
    const height = Math.ceil(top + scene.height);
    const drawn = [
      `<defs>${this.arrow('arrow', 7, 'tip')}${this.arrow('arrow-critical', 6, 'tip tip-critical')}</defs>`,
      `<rect${this.painter.of('background')} width="${width}" height="${height}"/>`,
      `<text${this.painter.of('title')} x="24" y="38">${xmlText(title)}</text>`,
      ...lines.map((line, index) => this.line(24, 38 + LINE + 4 + index * LINE, line)),
      this.marks ? this.marksLegend(top - 22) : this.legend(top - 22, scene),
      `<g transform="translate(${n((width - scene.width) / 2)} ${top})">`,
      ...scene.groups.map((group) => this.group(group)),
      ...scene.edges.map((edge) => this.edge(edge, this.marks?.edges.get(`${edge.from} ${edge.to}`))),
      ...scene.nodes.map((node) => this.node(node, this.marks?.nodes.get(node.id))),
      '</g>',
    ];
    const style = this.painter.style();
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" font-family="${FONT_FAMILY}">`,
      `<title id="title">${xmlText(title)}</title>`,
      `<desc id="desc">${xmlText(lines.join('. '))}</desc>`,
      ...(style === '' ? [] : [style]),
      ...drawn,
      '</svg>',
      '',
    ].join('\n');
  }

  /** The legend explains only what is in the picture. */
  private legend(y: number, scene: Scene): string {
    if (scene.nodes.some(({ filled }) => filled)) return this.machinesLegend(y, scene);
    let x = 24;
    const kinds = new Set(scene.nodes.map(({ kind, closed }) => (closed ? 'closed' : kind)));
    const shown = LEGEND.filter(([kind]) => kinds.has(kind) || (kind === 'routing' && kinds.has('aggregation')));
    const symbols = shown.map(([kind, label]) => {
      const symbol = this.outline(kind, { x, y: y - 10, width: 26, height: 14 }, `node ${kind}`);
      const text = this.line(x + 34, y + 1, label);
      x += 34 + Math.ceil(textWidth(label, 13)) + 26;
      return symbol + text;
    });
    const path = `<path${this.painter.of('edge edge-critical')} d="M${x} ${y - 3}h26"/>${this.line(x + 34, y + 1, 'critical path')}`;
    const heat = `<rect${this.painter.of('heat')} x="${x + 150}" y="${y - 4}" width="26" height="2.5"/>${this.line(x + 184, y + 1, 'share of the longest time')}`;
    return [...symbols, path, heat].join('');
  }

  /** What fills the cells of GPUs, in the order in which it is stacked, and the links. */
  private machinesLegend(y: number, { nodes }: Scene): string {
    const held = new Set<string>(nodes.flatMap(({ filled = [] }) => filled.map(([name]) => name)));
    const entries = [
      ['node gpu', 'GPU, filled by what it holds:'],
      ...Object.entries(MEMORY_LABELS).flatMap(([name, label]) => (held.has(name) ? [[`held-${name}`, label]] : [])),
      ['node network', 'links'],
    ] as const;
    let x = 24;
    return entries
      .map(([classes = '', label = '']) => {
        const symbol = this.outline('gpu', { x, y: y - 10, width: 20, height: 14 }, classes);
        const text = this.line(x + 28, y + 1, label);
        x += 28 + Math.ceil(textWidth(label, 13)) + 20;
        return symbol + text;
      })
      .join('');
  }

  private marksLegend(y: number): string {
    let x = 30;
    return (['added', 'removed', 'changed'] as const)
      .map((mark) => {
        const box = { x, y: y - 10, width: 30, height: 14 };
        const outline = this.outline('compute', box, `node compute ${mark}`);
        const drawn = outline + this.badge(mark, box) + this.line(x + 40, y + 1, mark);
        x += 40 + Math.ceil(textWidth(mark, 13)) + 34;
        return drawn;
      })
      .join('');
  }

  private line(x: number, y: number, text: string): string {
    return `<text${this.painter.of('line')} x="${x}" y="${y}">${xmlText(text)}</text>`;
  }

  private arrow(id: string, size: number, classes: string): string {
    return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="${size}" markerHeight="${size}" orient="auto"><path${this.painter.of(classes)} d="M0 0L8 4L0 8z"/></marker>`;
  }

  /** The letter of a mark, on the corner of its node. */
  private badge(mark: SvgMark, { x, y }: Place): string {
    const letter = { added: 'A', removed: 'R', changed: 'C' }[mark];
    return `<circle${this.painter.of('badge')} cx="${n(x)}" cy="${n(y)}" r="8"/><text${this.painter.of('letter')} x="${n(x)}" y="${n(y + 4)}">${letter}</text>`;
  }

  private group({ kind, label, x, y, width, height, depth }: SceneGroup): string {
    if (kind === 'gpu')
      return `<text${this.painter.of('lane-label')} x="${n(x + 6)}" y="${n(y + height / 2 - 12)}">${xmlText(label)}</text><path${this.painter.of('lane-line')} d="M${n(x)} ${n(y)}h${n(width)}"/>`;
    return `<rect${this.painter.of(`group ${kind}`)} data-depth="${depth}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${kind === 'stage' ? 10 : 8}"/><text${this.painter.of('group-label')} x="${n(x + titleInset(kind))}" y="${n(y + 16)}">${xmlText(label)}</text>`;
  }

  private edge({ points, kind, critical: isCritical }: SceneEdge, mark: SvgMark | undefined): string {
    const critical = isCritical && mark === undefined;
    const steps: string[] = [];
    for (let index = 0; index + 1 < points.length; index += 2)
      steps.push(`${index === 0 ? 'M' : 'L'}${n(points[index] ?? 0)} ${n(points[index + 1] ?? 0)}`);
    const classes = `edge edge-${kind}${critical ? ' edge-critical' : ''}${mark ? ` edge-${mark}` : ''}`;
    return `<path${this.painter.of(classes)} marker-end="url(#${critical ? 'arrow-critical' : 'arrow'})" d="${steps.join('')}"/>`;
  }

  private node(scene: SceneNode, mark: SvgMark | undefined): string {
    if (scene.filled) return this.cell(scene, scene.filled);
    const { x, y, width, height, label, lines, heat, critical, id } = scene;
    const isMarked = this.marks !== undefined;
    const classes = isMarked ? (mark ?? 'same') : critical ? 'critical' : '';
    const shape = this.shape(scene, classes);
    const first = y + height / 2 - (lines.length * 12.5) / 2 + 4;
    const middle = n(x + width / 2);
    const texts = [
      `<text${this.painter.of('label')} x="${middle}" y="${n(first)}">${xmlText(label)}</text>`,
      ...lines.map(
        (line, index) =>
          `<text${this.painter.of('detail')} x="${middle}" y="${n(first + 14 + index * 12)}">${xmlText(line)}</text>`,
      ),
    ];
    const bar =
      heat > 0.01 && !isMarked
        ? `<rect${this.painter.of('heat')} x="${n(x)}" y="${n(y + height + 2)}" width="${n(width * heat)}" height="2"/>`
        : '';
    return `<g><title>${xmlText(id)}</title>${shape}${texts.join('')}${bar}${mark ? this.badge(mark, scene) : ''}</g>`;
  }

  /** A GPU, filled from the bottom up with what it holds. */
  private cell({ x, y, width, height, label, lines }: SceneNode, filled: NonNullable<SceneNode['filled']>): string {
    let bottom = y + height - 2;
    const parts = filled.map(([name, share]) => {
      const tall = (height - 4) * share;
      bottom -= tall;
      return `<rect${this.painter.of(`held-${name}`)} x="${n(x + 2)}" y="${n(bottom)}" width="${n(width - 4)}" height="${n(tall)}"/>`;
    });
    const outline = this.outline('gpu', { x, y, width, height }, 'node gpu');
    return `<g><title>${xmlText([label, ...lines].join(', '))}</title>${outline}${parts.join('')}</g>`;
  }

  /** The outline of a node. Equal groups in one box are drawn as a stack. */
  private shape(scene: SceneNode, mark: string): string {
    const { kind, closed, x, y, width, height } = scene;
    const classes = `node ${closed ? 'closed' : kind}${mark && ` ${mark}`}`;
    const behind = { x: x + 4, y: y - 4, width, height };
    return `${closed === 'several' ? this.outline('closed', behind, 'node closed') : ''}${this.outline(kind, scene, classes)}`;
  }

  private outline(kind: string, { x, y, width, height }: Place, classes: string): string {
    const paint = this.painter.of(classes);
    const box = (rx: number) =>
      `<rect${paint} x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(rx)}"/>`;
    switch (kind) {
      case 'communication':
        return `<ellipse${paint} cx="${n(x + width / 2)}" cy="${n(y + height / 2)}" rx="${n(width / 2)}" ry="${n(height / 2)}"/>`;
      case 'routing':
      case 'aggregation': {
        const slant = Math.min(14, height / 3);
        return `<path${paint} d="M${n(x + slant)} ${n(y)}H${n(x + width)}L${n(x + width - slant)} ${n(y + height)}H${n(x)}z"/>`;
      }
      case 'source':
      case 'sink':
        return box(height / 2);
      default:
        return box(5);
    }
  }
}

/** The inset of a stage's title leaves room for the edge that enters the stage's first row from above. */
function titleInset(kind: SceneGroup['kind']): number {
  return kind === 'stage' ? 32 : 12;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Rounds to one decimal, for stable bytes and small files. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
