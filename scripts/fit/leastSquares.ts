/** A positive number that a fit may choose: where it would stay without any row, and how far rows easily move it (as a logarithm). */
export interface Scale {
  readonly name: string;
  readonly start: number;
  readonly deviation: number;
}

export interface Problem {
  readonly scales: readonly Scale[];
  /** Logarithms of predicted over measured, one for each row, by the values of the scales. */
  readonly residuals: (values: readonly number[]) => readonly number[];
}

/** Rows are this exact as a logarithm: beyond it errors count by their size, no more by their square. */
const NOISE = 0.05;
const ROUNDS = 25;
const STEP = 1e-3;

/**
 * The values that make `sum 2 s^2 (sqrt(1 + (r / s)^2) - 1) + s^2 sum ((ln x - ln start) / deviation)^2` least, s being the
 * noise: soft absolute errors of rows, and a normal prior that holds each value as strongly as one row where it moves the
 * step by s over its deviation. Levenberg and Marquardt's way with weights renewed in every round. Deterministic.
 */
export function fitScales({ scales, residuals }: Problem, start = scales.map((scale) => scale.start)): number[] {
  const middle = scales.map((scale) => Math.log(scale.start));
  const stiffness = scales.map(({ deviation }) => (NOISE / deviation) ** 2);
  const at = (logs: readonly number[]) => residuals(logs.map(Math.exp));
  const loss = (logs: readonly number[], rows: readonly number[]) =>
    sumOf(rows, (row) => 2 * NOISE ** 2 * (Math.hypot(1, row / NOISE) - 1)) +
    sumOf(logs, (log, index) => (stiffness[index] ?? 0) * (log - (middle[index] ?? 0)) ** 2);
  let logs: readonly number[] = start.map(Math.log);
  let rows = at(logs);
  let least = loss(logs, rows);
  let damping = 1e-3;
  for (let round = 0; round < ROUNDS; round++) {
    const columns = logs.map((_, axis) => {
      const moved = at(logs.map((log, index) => (index === axis ? log + STEP : log)));
      return moved.map((row, index) => (row - (rows[index] ?? 0)) / STEP);
    });
    const weights = rows.map((row) => 1 / Math.hypot(1, row / NOISE));
    const product = (one: readonly number[], other: readonly number[]) =>
      sumOf(weights, (weight, index) => weight * (one[index] ?? 0) * (other[index] ?? 0));
    const slope = columns.map(
      (column, axis) => -product(column, rows) - (stiffness[axis] ?? 0) * ((logs[axis] ?? 0) - (middle[axis] ?? 0)),
    );
    const curvature = columns.map((column) => columns.map((other) => product(column, other)));
    let gained = 0;
    for (let attempt = 0; gained === 0 && attempt < 6; attempt++) {
      const damped = curvature.map((line, axis) =>
        line.map((value, index) => (index === axis ? value * (1 + damping) + (stiffness[axis] ?? 0) : value)),
      );
      const move = solved(damped, slope);
      const trial = logs.map((log, axis) => log + Math.max(-1, Math.min(1, move[axis] ?? 0)));
      const found = at(trial);
      const value = loss(trial, found);
      if (value < least) {
        gained = least - value;
        [logs, rows, least] = [trial, found, value];
        damping = Math.max(1e-6, damping / 5);
      } else damping *= 6;
    }
    if (gained < 1e-5 * least) break;
  }
  return logs.map(Math.exp);
}

function sumOf(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + term(value, index), 0);
}

/** Gauss and Jordan's elimination with the largest pivot of each column; `matrix` is positive definite. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const lines = matrix.map((line, index) => [...line, right[index] ?? 0]);
  const order = right.length;
  for (let column = 0; column < order; column++) {
    let best = column;
    for (let line = column + 1; line < order; line++) {
      if (Math.abs(lines[line]?.[column] ?? 0) > Math.abs(lines[best]?.[column] ?? 0)) best = line;
    }
    const pivot = lines[best] ?? [];
    lines[best] = lines[column] ?? [];
    lines[column] = pivot;
    for (const [index, line] of lines.entries()) {
      if (index === column) continue;
      const share = (line[column] ?? 0) / (pivot[column] ?? 1);
      for (let entry = column; entry <= order; entry++) line[entry] = (line[entry] ?? 0) - share * (pivot[entry] ?? 0);
    }
  }
  return lines.map((line, index) => (line[order] ?? 0) / (line[index] ?? 1));
}
