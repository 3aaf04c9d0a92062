/** A measured time, or size, with what we want it to be at most. */
export interface Row {
  readonly name: string;
  readonly samples: number;
  readonly unit: 'ms' | 'MiB';
  readonly p50: number;
  readonly p95: number;
  readonly goal?: number;
}

export function rowOf(name: string, values: readonly number[], goal?: number, unit: Row['unit'] = 'ms'): Row {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { name, samples: values.length, unit, p50: at(0.5), p95: at(0.95), ...(goal !== undefined && { goal }) };
}

export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title.padEnd(110)}${'p50'.padStart(12)}${'p95'.padStart(12)}${'goal'.padStart(18)}`);
  for (const { name, p50, p95, goal, unit } of rows) {
    const text = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.padStart(12);
    const met = goal === undefined ? '' : `${p95 <= goal ? '<=' : 'MISSED'} ${goal} ${unit}`;
    console.log(`${name.padEnd(110)}${text(p50)}${text(p95)}${met.padStart(18)}`);
  }
}

export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Says on standard error what is done, of measurements that take minutes. */
export function progress(what: string): void {
  process.stderr.write(`  measured: ${what}\n`);
}
