/** A format in which a plan leaves the editor. */
interface ExportRow {
  /** Name and purpose in the page's list. The page does not offer a format without them. */
  readonly listed?: { readonly label: string; readonly hint: string };
  /** The command of the manifest, which is generated; nothing for what the page draws itself. */
  readonly command?: string;
  /** Behind "Export" in the command and in the dialog that asks where to write. */
  readonly name: string;
  /** Of the written file, without the dot. */
  readonly extension: string;
  /** Set when the file contains all deployments of a plan instead of one. */
  readonly ofPlan?: true;
}

/** Every format, in the order of the page's list. */
export const EXPORTS = {
  svg: {
    name: 'SVG',
    listed: { label: 'SVG', hint: 'picture of the graph, for a page' },
    command: 'moeplan.exportSvg',
    extension: 'svg',
  },
  png: { name: 'PNG', listed: { label: 'PNG', hint: 'the same picture in pixels' }, extension: 'png' },
  dot: { name: 'DOT', listed: { label: 'DOT', hint: 'for Graphviz' }, command: 'moeplan.exportDot', extension: 'dot' },
  mermaid: {
    name: 'Mermaid',
    listed: { label: 'Mermaid', hint: 'for Markdown' },
    command: 'moeplan.exportMermaid',
    extension: 'mmd',
  },
  // By these endings the editor finds their schemas.
  json: {
    name: 'DAG as JSON',
    listed: { label: 'JSON', hint: 'the graph as data' },
    command: 'moeplan.exportJson',
    extension: 'moeplan.graph.json',
  },
  trace: {
    name: 'Trace',
    listed: { label: 'Trace', hint: 'the step, for Perfetto' },
    command: 'moeplan.exportTrace',
    extension: 'trace.json',
  },
  report: {
    name: 'Report',
    listed: { label: 'Report', hint: 'the analysis as Markdown' },
    command: 'moeplan.exportReport',
    extension: 'md',
    ofPlan: true,
  },
  // What starts the engine has a command of its own, since it is several files of one form of several.
  launch: {
    name: 'Launch Files',
    listed: { label: 'Launch', hint: 'scripts, manifests or a recipe that start it' },
    extension: 'sh',
  },
  figures: {
    name: 'Figures as JSON',
    command: 'moeplan.exportFigures',
    extension: 'moeplan.inspect.json',
    ofPlan: true,
  },
} as const satisfies Readonly<Record<string, ExportRow>>;

type Rows = typeof EXPORTS;

/** Formats whose row has a property. */
type With<Property extends keyof ExportRow> = {
  [Format in keyof Rows]: Rows[Format] extends { readonly [Name in Property]: unknown } ? Format : never;
}[keyof Rows];

/** Formats that the page offers. */
export type ExportFormat = With<'listed'>;

/** Formats for which the server makes a text. */
export type TextFormat = With<'command'>;

const ROWS: readonly (readonly [format: string, row: ExportRow])[] = Object.entries(EXPORTS);

/** Whether a text names a format whose row has a property. */
export function isFormatWith<Property extends keyof ExportRow>(
  format: unknown,
  property: Property,
): format is With<Property> {
  return ROWS.some(([name, row]) => name === format && row[property] !== undefined);
}

/** All formats whose row has a property, in order. */
export function formatsWith<Property extends keyof ExportRow>(property: Property): readonly With<Property>[] {
  return ROWS.flatMap(([format]) => (isFormatWith(format, property) ? format : []));
}
