import { textWidth } from './layout/textWidth.ts';
import { PALETTES, type Palette, type ThemeKind } from './palette.ts';
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
] as const;

const HEAD = 26;
const LINE = 18;

/**
 * The scene as a file of its own, light or dark as the reader's system is, or with the colours of one theme written out,
 * for readers that know neither variables nor media queries. Equal scenes give equal bytes.
 */
export function toSvg(scene: Scene, header: SvgHeader, theme?: ThemeKind): string {
  return drawnSvg(scene, header, { ...(theme && { theme }) });
}

/** How a node of two graphs on one picture differs between them; a node without a mark is the same in both. */
export type SvgMark = 'added' | 'removed' | 'changed';

export interface SvgMarks {
  readonly nodes: ReadonlyMap<string, SvgMark>;
  /** Edges by `FROM TO`. */
  readonly edges: ReadonlyMap<string, SvgMark>;
}

/** Two graphs on one picture: marks are letters and patterns of outlines, so that they can be told without colours. */
export function toMarkedSvg(scene: Scene, header: SvgHeader, marks: SvgMarks): string {
  return drawnSvg(scene, header, { marks });
}

function drawnSvg(
  scene: Scene,
  { title, lines }: SvgHeader,
  { theme, marks }: { readonly theme?: ThemeKind; readonly marks?: SvgMarks },
): string {
  const top = 20 + HEAD + lines.length * LINE + 44;
  const width = Math.ceil(Math.max(scene.width, 1180, ...lines.map((line) => textWidth(line, 13) + 48)));
  const height = Math.ceil(top + scene.height);
  const head = [
    `<text class="title" x="24" y="38">${escaped(title)}</text>`,
    ...lines.map(
      (line, index) => `<text class="line" x="24" y="${38 + LINE + 4 + index * LINE}">${escaped(line)}</text>`,
    ),
    marks ? marksLegend(top - 22) : legend(top - 22),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(lines.join('. '))}</desc>`,
    `<style>${theme ? styleOf(PALETTES[theme]) : adaptiveStyle()}${marks ? MARK_RULES : ''}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip" d="M0 0L8 4L0 8z"/></marker><marker id="arrow-critical" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto-start-reverse"><path class="tip critical" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="background" width="${width}" height="${height}"/>`,
    ...head,
    `<g transform="translate(0 ${top})">`,
    ...scene.groups.map(group),
    ...scene.edges.map((each) => edge(each, marks?.edges.get(`${each.from} ${each.to}`))),
    ...scene.nodes.map((each) => node(each, marks?.nodes.get(each.id), marks !== undefined)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const RULES = [
  'text{font-family:system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:var(--text)}',
  '.title{font-size:20px;font-weight:600}.line{font-size:13px;fill:var(--muted)}',
  '.background{fill:var(--background)}',
  '.group{fill:none;stroke:var(--group-stroke);stroke-width:1}.stage{fill:var(--group-fill)}.layer{fill:var(--background)}.gpu{stroke:none;fill:none}',
  '.group-label{font-size:12px;font-weight:600;fill:var(--muted)}.lane-label{font-size:10px;fill:var(--muted)}.lane-line{stroke:var(--group-stroke);stroke-width:.5;stroke-dasharray:2 4}',
  '.node{stroke-width:1.25}.node.critical{stroke-width:2.25}.label{font-size:12px;text-anchor:middle;font-weight:500}.detail{font-size:10px;text-anchor:middle;fill:var(--muted)}',
  '.edge{fill:none;stroke:var(--edge);stroke-width:1.1}.edge.critical{stroke:var(--critical);stroke-width:1.6}.edge.gate{stroke-dasharray:5 4}.tip{fill:var(--edge)}.tip.critical{fill:var(--critical)}',
  '.heat{fill:var(--critical)}',
  ...(['compute', 'communication', 'routing', 'aggregation', 'gate', 'source', 'sink'] as const).map(
    (kind) => `.node.${kind}{fill:var(--${kind}-fill);stroke:var(--${kind}-stroke)}`,
  ),
].join('');

const MARK_RULES = [
  '.node.added{stroke:var(--text);stroke-width:3.5}.node.removed{stroke:var(--text);stroke-width:1.75;stroke-dasharray:8 5;fill:var(--background)}.node.changed{stroke:var(--text);stroke-width:2.25;stroke-dasharray:10 3 2 3}.node.same{stroke:var(--group-stroke);stroke-width:.75;fill:var(--background)}',
  '.edge.added{stroke:var(--text);stroke-width:2}.edge.removed{stroke:var(--text);stroke-dasharray:2 5}',
  '.badge{fill:var(--text)}.letter{font-size:11px;font-weight:700;text-anchor:middle;fill:var(--background)}',
].join('');

function adaptiveStyle(): string {
  const { light, dark } = PALETTES;
  return `:root{${variables(light)}}@media(prefers-color-scheme:dark){:root{${variables(dark)}}}${RULES}`;
}

function styleOf(palette: Palette): string {
  const colors = new Map(colorsOf(palette));
  return RULES.replace(/var\(--([\w-]+)\)/g, (_, name: string) => colors.get(name) ?? 'none');
}

function variables(palette: Palette): string {
  return colorsOf(palette)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** Each colour by the name of its variable. */
function colorsOf(palette: Palette): readonly (readonly [name: string, value: string])[] {
  const { background, text, muted, edge: line, critical, groupStroke, groupFill, nodes } = palette;
  const plain = { background, text, muted, edge: line, critical, 'group-stroke': groupStroke, 'group-fill': groupFill };
  const ofNodes = Object.entries(nodes).flatMap(([kind, { fill, stroke }]) => [
    [`${kind}-fill`, fill] as const,
    [`${kind}-stroke`, stroke] as const,
  ]);
  return [...Object.entries(plain), ...ofNodes];
}

function legend(y: number): string {
  let x = 24;
  return (
    LEGEND.map(([kind, label]) => {
      const symbol = outline(kind, { x, y: y - 10, width: 26, height: 14 }, `node ${kind}`);
      const text = `<text class="line" x="${x + 34}" y="${y + 1}">${escaped(label)}</text>`;
      x += 34 + Math.ceil(textWidth(label, 13)) + 26;
      return symbol + text;
    }).join('') +
    `<path class="edge critical" d="M${x} ${y - 3}h26"/><text class="line" x="${x + 34}" y="${y + 1}">critical path</text>` +
    `<rect class="heat" x="${x + 150}" y="${y - 4}" width="26" height="2.5"/><text class="line" x="${x + 184}" y="${y + 1}">share of the longest time</text>`
  );
}

function marksLegend(y: number): string {
  let x = 30;
  return (['added', 'removed', 'changed'] as const)
    .map((mark) => {
      const box = { x, y: y - 10, width: 30, height: 14 };
      const drawn = `${outline('compute', box, `node compute ${mark}`)}${badge(mark, box)}<text class="line" x="${x + 40}" y="${y + 1}">${mark}</text>`;
      x += 40 + Math.ceil(textWidth(mark, 13)) + 34;
      return drawn;
    })
    .join('');
}

/** The letter of a mark on the corner of its node. */
function badge(mark: SvgMark, { x, y }: Place): string {
  const letter = { added: 'A', removed: 'R', changed: 'C' }[mark];
  return `<circle class="badge" cx="${n(x)}" cy="${n(y)}" r="8"/><text class="letter" x="${n(x)}" y="${n(y + 4)}">${letter}</text>`;
}

function group({ kind, label, x, y, width, height, depth }: SceneGroup): string {
  if (kind === 'gpu')
    return `<text class="lane-label" x="${n(x + 6)}" y="${n(y + height / 2 - 12)}">${escaped(label)}</text><path class="lane-line" d="M${n(x)} ${n(y)}h${n(width)}"/>`;
  return `<rect class="group ${kind}" data-depth="${depth}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${kind === 'stage' ? 10 : 8}"/><text class="group-label" x="${n(x + titleInset(kind))}" y="${n(y + 16)}">${escaped(label)}</text>`;
}

/** The title of a stage leaves room for the edge that comes into its first row from above. */
function titleInset(kind: SceneGroup['kind']): number {
  return kind === 'stage' ? 32 : 12;
}

function edge({ points, kind, critical: isCritical }: SceneEdge, mark: SvgMark | undefined): string {
  const critical = isCritical && mark === undefined;
  const steps: string[] = [];
  for (let index = 0; index + 1 < points.length; index += 2)
    steps.push(`${index === 0 ? 'M' : 'L'}${n(points[index] ?? 0)} ${n(points[index + 1] ?? 0)}`);
  const marker = critical ? 'arrow-critical' : 'arrow';
  return `<path class="edge ${kind}${critical ? ' critical' : ''}${mark ? ` ${mark}` : ''}" marker-end="url(#${marker})" d="${steps.join('')}"/>`;
}

function node(scene: SceneNode, mark: SvgMark | undefined, isMarked: boolean): string {
  const { x, y, width, height, kind, label, lines, heat, critical, id } = scene;
  const classes = isMarked ? (mark ?? 'same') : critical ? 'critical' : '';
  const shape = outline(kind, scene, `node ${kind}${classes && ` ${classes}`}`);
  const middle = y + height / 2;
  const first = middle - (lines.length * 12.5) / 2 + 4;
  const texts = [
    `<text class="label" x="${n(x + width / 2)}" y="${n(first)}">${escaped(label)}</text>`,
    ...lines.map(
      (line, index) =>
        `<text class="detail" x="${n(x + width / 2)}" y="${n(first + 14 + index * 12)}">${escaped(line)}</text>`,
    ),
  ];
  const bar =
    heat > 0.01 && !isMarked
      ? `<rect class="heat" x="${n(x)}" y="${n(y + height + 2)}" width="${n(width * heat)}" height="2"/>`
      : '';
  return `<g><title>${escaped(id)}</title>${shape}${texts.join('')}${bar}${mark ? badge(mark, scene) : ''}</g>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function outline(kind: string, { x, y, width, height }: Place, classes: string): string {
  switch (kind) {
    case 'communication':
      return `<ellipse class="${classes}" cx="${n(x + width / 2)}" cy="${n(y + height / 2)}" rx="${n(width / 2)}" ry="${n(height / 2)}"/>`;
    case 'routing':
    case 'aggregation': {
      const slant = Math.min(14, height / 3);
      return `<path class="${classes}" d="M${n(x + slant)} ${n(y)}H${n(x + width)}L${n(x + width - slant)} ${n(y + height)}H${n(x)}z"/>`;
    }
    case 'source':
    case 'sink':
      return `<rect class="${classes}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${n(height / 2)}"/>`;
    default:
      return `<rect class="${classes}" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="5"/>`;
  }
}

/** At most one decimal: stable bytes and small files. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
