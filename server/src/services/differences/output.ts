import { oneLine } from '../../text/visible.ts';
import { compareRows } from '../outputs/compare.ts';
import type { ChangedProperty, Differences } from '../preview/differencesProtocol.ts';
import type { ChangedRow } from '../preview/whatIfProtocol.ts';
import { differencesOf, type Side } from './differences.ts';
import { markedSvg } from './graph.ts';

/** What `moeplan compare OLD NEW --format json` prints, by schemas/differences.schema.json, in base units. */
export interface DifferencesOutput {
  readonly before: string;
  readonly after: string;
  readonly properties: readonly ChangedProperty[];
  readonly figures: readonly {
    readonly label: string;
    readonly unit: string;
    /** Null when a side has no such figure. */
    readonly before: number | null;
    readonly after: number | null;
    readonly verdict: ChangedRow['verdict'];
  }[];
  readonly nodes: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly { readonly id: string; readonly changes: readonly string[] }[];
    readonly same: number;
  };
  readonly experts: Differences['experts'];
}

/** Two deployments with their differences, or a sentence that says why they cannot be compared. */
export function differencesJson(before: Side, after: Side): DifferencesOutput | string {
  const differences = differencesOf(before, after);
  if (typeof differences === 'string') return differences;
  const { properties, experts, picture } = differences;
  const marked = (mark: string) => picture.nodes.filter((node) => node.mark === mark);
  const evaluations = [before, after].flatMap(({ analysis, resolved }) => analysis.evaluationOf(resolved) ?? []);
  const verdicts = new Map(differences.figures.map(({ label, verdict }) => [label, verdict]));
  return {
    before: differences.before,
    after: differences.after,
    properties,
    figures: compareRows(evaluations).map(({ label, figures: [was, is] }) => ({
      label,
      unit: (is ?? was)?.unit ?? '',
      before: was?.value ?? null,
      after: is?.value ?? null,
      verdict: verdicts.get(label) ?? 'same',
    })),
    nodes: {
      added: marked('added').map(({ id }) => id),
      removed: marked('removed').map(({ id }) => id),
      changed: marked('changed').map(({ id, changes }) => ({ id, changes })),
      same: picture.same,
    },
    experts,
  };
}

/** Both graphs in one picture, as an SVG. */
export function differencesSvg(before: Side, after: Side): string {
  const [old, fresh] = [before, after].map(({ analysis, resolved }) => analysis.evaluationOf(resolved));
  if (!old || !fresh) throw new RangeError('a deployment without a prediction has no picture');
  return markedSvg(old, fresh, `${before.title} to ${after.title}`);
}

/**
 * The differences for a reader: tables with aligned columns. Lines with +, - and ~ are added, removed and changed nodes.
 */
export function differencesText(before: Side, after: Side): string {
  const differences = differencesOf(before, after);
  if (typeof differences === 'string') return `${oneLine(differences)}\n`;
  const { properties, figures, experts, picture, limits } = differences;
  const values = properties.map(({ where, name, before: was = 'not there', after: is = 'not there' }) => [
    where,
    name,
    was,
    '->',
    is,
  ]);
  const changed = figures.filter(({ verdict }) => verdict !== 'same');
  const nodes = picture.nodes.flatMap(({ id, mark, changes }) =>
    mark === 'same' ? [] : [`${SIGNS[mark]} ${id}${changes.length > 0 ? `: ${changes.join('; ')}` : ''}`],
  );
  const moved = experts.moved.map(({ pool, layers, experts: which, before: was, after: is }) => [
    `${pool === '' ? '' : `pool ${pool}, `}layers ${layers}, experts ${which}`,
    was,
    '->',
    is,
  ]);
  const more = experts.more > 0 ? [`  and ${experts.more} more`] : [];
  const lines = [
    `${differences.before} -> ${differences.after}`,
    ...section('Values', columns(values)),
    ...section(
      'Figures',
      columns(
        changed.map(({ label, before: was, after: is, change, verdict }) => [label, was, '->', is, change, verdict]),
      ),
    ),
    ...section('Limited by', limits.before === limits.after ? [] : [limits.before, `-> ${limits.after}`]),
    ...section(`Experts moved: ${experts.count} of ${experts.of}`, [...columns(moved), ...more]),
    ...section('Nodes', nodes),
    ...(values.length + changed.length + nodes.length + moved.length === 0 ? ['', 'Nothing differs.'] : []),
    '',
  ];
  return lines.map(oneLine).join('\n');
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function columns(texts: readonly (readonly string[])[]): readonly string[] {
  const rows = texts.map((row) => row.map(oneLine));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
