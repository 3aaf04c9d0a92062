import { writeFileSync } from 'node:fs';
import type { FitResult } from './fit.ts';
import type { Parameter } from './optimise.ts';

const DIGITS = 4;

/** A file of constants: one exported table by the name of the set, each with the size and the errors of its fit. */
export interface ConstantsFile {
  readonly path: string;
  /** Name of the exported table, and of the type of an entry with the module that declares it. */
  readonly table: string;
  readonly type: string;
  readonly module: string;
  readonly source: string;
  readonly parameters: readonly Parameter[];
}

export function writeConstants(file: ConstantsFile, results: readonly FitResult[]): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const lines = [
    `import type { ${file.type} } from '${file.module}';`,
    '',
    '/**',
    ' * Written by `npm run fit`; edit the recipe, not this file. Seconds, shares of peak rates and of bandwidth.',
    ` * Source: ${file.source}.`,
    ' * Residuals are mean absolute errors on shapes that were held out.',
    ' */',
    `export const ${file.table}: Readonly<Record<string, ${file.type}>> = {`,
  ];
  for (const { set, values, rows, error, heldOut, shapesHeldOut, gpusHeldOut } of results) {
    const gpus = Object.entries(gpusHeldOut).map(([gpu, without]) => `${gpu} ${percent(without)}`);
    lines.push(
      `  // ${rows} rows: mean error ${percent(error)}; held out at random ${percent(heldOut)}, by shape ${percent(shapesHeldOut)}.`,
      ...(gpus.length > 0 ? [`  // A GPU by the constants of the others: ${gpus.join(', ')}.`] : []),
      `  '${set}': {`,
      ...file.parameters.map(({ name }, index) => `    ${name}: ${shortened(values[index] ?? 0)},`),
      `    residual: ${shortened(Math.max(error, heldOut, shapesHeldOut), 2)},`,
      '  },',
    );
  }
  lines.push('};', '');
  writeFileSync(file.path, lines.join('\n'));
}

function shortened(value: number, digits = DIGITS): string {
  return String(Number(value.toPrecision(digits)));
}
