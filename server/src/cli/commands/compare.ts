import { digits } from '../../cost/format.ts';
import type { Shipped } from '../../host/shipped.ts';
import { compareRows, speedups } from '../../services/compare.ts';
import { CannotRun, evaluationNamed, Loader, write } from '../load.ts';

/** Prints the comparison as a table of aligned columns; the best of each row has a star. */
export function compare(file: string, names: readonly string[], shipped: Shipped): void {
  const analysis = new Loader(shipped).load(file);
  const computable = analysis.plan.deployments.filter((resolved) => resolved.deployment).map(({ name }) => name);
  const chosen = names.length > 0 ? names : computable;
  if (chosen.length === 0)
    throw new CannotRun(`${file} has no deployment that can be computed; run \`moeplan check ${file}\``);
  const evaluations = chosen.map((name) => evaluationNamed(analysis, file, name));
  const rows = compareRows(evaluations).map(({ label, texts, best }) => [
    label,
    ...texts.map((text, index) => (best.includes(index) ? `${text} *` : text)),
  ]);
  rows.push([
    'Improvement',
    ...speedups(evaluations).map((ratio) => (ratio === undefined ? '-' : `${digits(ratio)}x`)),
  ]);
  const all = [['', ...chosen], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
  const limits = evaluations.map(({ deployment, prediction }) => `${deployment.name}: ${prediction.bottleneck.text}`);
  write(`${[...lines, '', ...limits, '(* best of its row)'].join('\n')}\n`, undefined);
}
