/** A number that a fit may choose: its name, bounds, and whether it is searched on a logarithmic scale. */
export interface Parameter {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly logarithmic?: boolean;
}

type Vector = readonly number[];

const ITERATIONS = 600;
const RESTARTS = 4;
/** Searches from other places than the recipe's: a simplex finds the valley that it begins in. */
const STARTS = 3;

/** Position of a value between its bounds, in 0..1, and back. */
function toUnit({ low, high, logarithmic }: Parameter, value: number): number {
  const inside = Math.min(high, Math.max(low, value));
  if (!logarithmic) return (inside - low) / (high - low);
  return Math.log(inside / low) / Math.log(high / low);
}

function fromUnit({ low, high, logarithmic }: Parameter, unit: number): number {
  const inside = Math.min(1, Math.max(0, unit));
  return logarithmic ? low * (high / low) ** inside : low + (high - low) * inside;
}

/**
 * Minimises `loss` by the simplex of Nelder and Mead, from `start` and from points spread over the bounds, restarted around
 * its best point with smaller and smaller simplices. Deterministic. Bounds are kept by clamping.
 */
export function minimise(parameters: readonly Parameter[], start: Vector, loss: (values: Vector) => number): Vector {
  const value = (units: Vector) => loss(parameters.map((parameter, index) => fromUnit(parameter, units[index] ?? 0)));
  const first: Vector = parameters.map((parameter, index) => toUnit(parameter, start[index] ?? parameter.low));
  let best = search(first, value);
  for (let index = 1; index < STARTS; index++) {
    const other = search(
      // Half-way between the recipe's start and a point of a Kronecker sequence, which fills the cube evenly.
      first.map((unit, axis) => (unit + ((index * Math.sqrt(PRIMES[axis % PRIMES.length] ?? 2)) % 1)) / 2),
      value,
    );
    if (other.loss < best.loss) best = other;
  }
  return parameters.map((parameter, index) => fromUnit(parameter, best.at[index] ?? 0));
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

function search(start: Vector, value: (units: Vector) => number): Corner {
  let best: Corner = { at: start, loss: value(start) };
  for (let restart = 0; restart < RESTARTS; restart++) best = simplex(best.at, 0.25 / (restart + 1), value);
  return best;
}

interface Corner {
  readonly at: Vector;
  readonly loss: number;
}

function simplex(start: Vector, size: number, value: (units: Vector) => number): Corner {
  const corner = (at: Vector): Corner => {
    const inside = at.map((unit) => Math.min(1, Math.max(0, unit)));
    return { at: inside, loss: value(inside) };
  };
  // Steps lead inwards, so that no corner falls onto another at a bound.
  let corners = [
    corner(start),
    ...start.map((_, axis) =>
      corner(start.map((unit, index) => (index === axis ? unit + (unit > 0.5 ? -size : size) : unit))),
    ),
  ];
  const { length } = start;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    corners = corners.sort((left, right) => left.loss - right.loss);
    const [first] = corners;
    const worst = corners[length];
    const second = corners[length - 1];
    if (!first || !worst || !second) break;
    if (worst.loss - first.loss < 1e-7) break;
    const centre = start.map((_, axis) => {
      let sum = 0;
      for (let index = 0; index < length; index++) sum += corners[index]?.at[axis] ?? 0;
      return sum / length;
    });
    const along = (factor: number) =>
      corner(centre.map((middle, axis) => middle + factor * ((worst.at[axis] ?? 0) - middle)));
    const reflected = along(-1);
    let next = reflected;
    if (reflected.loss < first.loss) {
      const expanded = along(-2);
      if (expanded.loss < reflected.loss) next = expanded;
    } else if (reflected.loss >= second.loss) {
      next = along(reflected.loss < worst.loss ? -0.5 : 0.5);
      if (next.loss >= Math.min(worst.loss, reflected.loss)) {
        corners = corners.map((each, index) =>
          index === 0 ? each : corner(each.at.map((unit, axis) => ((first.at[axis] ?? 0) + unit) / 2)),
        );
        continue;
      }
    }
    corners[length] = next;
  }
  return corners.sort((left, right) => left.loss - right.loss)[0] ?? corner(start);
}
