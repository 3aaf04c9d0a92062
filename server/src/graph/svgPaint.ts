import { PALETTES, type Palette, type ThemeKind } from './palette.ts';

/**
 * The theme of an SVG: the colours of one palette, or light ones that a browser changes when the reader's system is dark.
 */
export type SvgTheme = ThemeKind | 'both';

/**
 * The reader's system takes the first font that it has: Arial is on Windows, macOS and in every office program, the others
 * on Linux and in the command line's PNG. Labels fit their boxes in all of them.
 */
export const FONT_FAMILY = "Arial, Helvetica, 'Liberation Sans', Roboto, 'DejaVu Sans', sans-serif";

/** Presentation attributes, by name. */
type Paint = Readonly<Record<string, string | number>>;

const KINDS = [
  'compute',
  'communication',
  'routing',
  'aggregation',
  'gate',
  'source',
  'sink',
  'gpu',
  'network',
] as const;

/**
 * How elements of a class are painted. Later classes win, as in a style sheet. Everything is an attribute, which every SVG
 * viewer knows; many viewers know no style sheets, and most know no variables.
 */
function paintsOf({ background, text, muted, edge, critical, groupStroke, groupFill, nodes, memory }: Palette) {
  const ofKinds = KINDS.map((kind) => [kind, { fill: nodes[kind].fill, stroke: nodes[kind].stroke }] as const);
  const held = Object.entries(memory).map(([name, fill]) => [`held-${name}`, { fill }] as const);
  const paints: readonly (readonly [name: string, paint: Paint])[] = [
    ['background', { fill: background }],
    ['title', { fill: text, 'font-size': 20, 'font-weight': 600 }],
    ['line', { fill: muted, 'font-size': 13 }],
    ['group', { fill: 'none', stroke: groupStroke, 'stroke-width': 1 }],
    ['stage', { fill: groupFill }],
    ['layer', { fill: background }],
    ['group-label', { fill: muted, 'font-size': 12, 'font-weight': 600 }],
    ['lane-label', { fill: muted, 'font-size': 10 }],
    ['lane-line', { fill: 'none', stroke: groupStroke, 'stroke-width': 0.5, 'stroke-dasharray': '2 4' }],
    ['node', { 'stroke-width': 1.25 }],
    ...ofKinds,
    ['closed', { fill: nodes.source.fill, stroke: nodes.source.stroke }],
    ...held,
    ['critical', { 'stroke-width': 2.25 }],
    ['label', { fill: text, 'font-size': 12, 'font-weight': 500, 'text-anchor': 'middle' }],
    ['detail', { fill: muted, 'font-size': 10, 'text-anchor': 'middle' }],
    ['edge', { fill: 'none', stroke: edge, 'stroke-width': 1.1 }],
    ['edge-critical', { stroke: critical, 'stroke-width': 1.6 }],
    ['edge-gate', { 'stroke-dasharray': '5 4' }],
    ['tip', { fill: edge }],
    ['tip-critical', { fill: critical }],
    ['heat', { fill: critical }],
    ['same', { fill: background, stroke: groupStroke, 'stroke-width': 0.75 }],
    ['added', { stroke: text, 'stroke-width': 3.5 }],
    ['removed', { fill: background, stroke: text, 'stroke-width': 1.75, 'stroke-dasharray': '8 5' }],
    ['changed', { stroke: text, 'stroke-width': 2.25, 'stroke-dasharray': '10 3 2 3' }],
    ['edge-added', { stroke: text, 'stroke-width': 2 }],
    ['edge-removed', { stroke: text, 'stroke-dasharray': '2 5' }],
    ['badge', { fill: text }],
    ['letter', { fill: background, 'font-size': 11, 'font-weight': 700, 'text-anchor': 'middle' }],
  ];
  return paints;
}

/** Writes the classes of an element with its attributes and remembers which classes a picture uses. */
export class Painter {
  private readonly paints: readonly (readonly [name: string, paint: Paint])[];
  private readonly used = new Set<string>();
  private readonly attributesOfClasses = new Map<string, string>();
  private readonly theme: SvgTheme;

  constructor(theme: SvgTheme) {
    this.theme = theme;
    this.paints = paintsOf(PALETTES[theme === 'both' ? 'light' : theme]);
  }

  /** ` class="..." fill="..."`: class names are separated by blanks, and those without a paint add no attributes. */
  of(classes: string): string {
    const before = this.attributesOfClasses.get(classes);
    if (before !== undefined) return before;
    const names = new Set(classes.split(' '));
    const paints = this.paints.filter(([name]) => names.has(name));
    for (const [name] of paints) this.used.add(name);
    const attributes = Object.entries(Object.assign({}, ...paints.map(([, paint]) => paint)));
    const written = [`class="${classes}"`, ...attributes.map(([name, value]) => `${name}="${value}"`)];
    const made = ` ${written.join(' ')}`;
    this.attributesOfClasses.set(classes, made);
    return made;
  }

  /**
   * The only style sheet, in a picture for both themes: colours of the dark palette, for browsers when the reader's system
   * is dark. Viewers that know no media queries skip it. LibreOffice instead takes its content for rules without a
   * condition, but it finds classes only by `.name`, so the rules here name them by an attribute.
   */
  style(): string {
    if (this.theme !== 'both') return '';
    const dark = new Map(paintsOf(PALETTES.dark));
    const rules = this.paints.flatMap(([name]) => {
      const { fill, stroke } = dark.get(name) ?? {};
      const colors = Object.entries({ fill, stroke }).filter(([, value]) => value !== undefined && value !== 'none');
      return this.used.has(name) && colors.length > 0
        ? [`[class~=${name}]{${colors.map(([property, value]) => `${property}:${value}`).join(';')}}`]
        : [];
    });
    return `<style>@media (prefers-color-scheme: dark){${rules.join('')}}</style>`;
  }
}
