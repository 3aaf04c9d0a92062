import type { Evaluation } from '../../cost/evaluation.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { terminalText } from '../../text/terminal.ts';
import { compareRows, improvementTexts, speedups } from './compare.ts';
import { cannotRun } from './standing.ts';

/** What `moeplan compare --format json` prints, by schemas/compare.schema.json, in bytes, seconds and tokens per second. */
export interface Comparison {
  readonly deployments: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** One per deployment. Null for a deployment without such a figure. */
    readonly values: readonly (number | null)[];
    readonly unit: string;
    /** Names of the best ones. Empty when neither direction is better or nothing differs. */
    readonly best: readonly string[];
  }[];
  /** Throughput of each deployment over that of the first. Null when one of them has none. */
  readonly improvements: readonly (number | null)[];
  readonly bottlenecks: readonly string[];
}

export function comparisonOf(evaluations: readonly Evaluation[]): Comparison {
  const deployments = evaluations.map(({ deployment }) => deployment.name);
  return {
    deployments,
    rows: compareRows(evaluations).map(({ label, figures, best }) => ({
      label,
      values: figures.map((figure) => figure?.value ?? null),
      unit: figures.find((figure) => figure !== undefined)?.unit ?? '',
      best: deployments.filter((_, index) => best.includes(index)),
    })),
    improvements: speedups(evaluations).map((ratio) => ratio?.value ?? null),
    bottlenecks: evaluations.map(({ prediction }) => prediction.bottleneck.text),
  };
}

/** A table with aligned columns and a star at the best of each row. */
export function comparisonText(evaluations: readonly Evaluation[]): string {
  const rows = compareRows(evaluations).map(({ label, texts, best }) => [
    label,
    ...texts.map((text, index) => (best.includes(index) ? `${text} *` : text)),
  ]);
  rows.push([labelOf('improvement'), ...improvementTexts(evaluations)]);
  const table = [['', ...evaluations.map(({ deployment }) => deployment.name)], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
  const limits = evaluations.map(({ deployment, prediction }) => `${deployment.name}: ${prediction.bottleneck.text}`);
  const out = evaluations.flatMap((evaluation) => {
    const why = cannotRun(evaluation);
    return why === undefined ? [] : [`${evaluation.deployment.name} ${why}, and is best in no row.`];
  });
  return terminalText(`${[...lines, '', ...limits, ...out, '(* best of its row)'].join('\n')}\n`);
}
