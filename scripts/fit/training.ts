import { writeFileSync } from 'node:fs';
import { SOURCES } from '../../server/src/cost/constants/sources.ts';
import {
  type FittedTraining,
  RECIPES,
  type Recipe,
  TRAINING_FAMILIES,
  type TrainingConstants,
  type TrainingFamily,
  type TrainingKernels,
} from '../../server/src/cost/constants/training.ts';
import { stepSeconds } from '../../server/src/cost/steps/parts.ts';
import { trainingSeconds } from '../../server/src/cost/training/training.ts';
import { quantile } from '../accuracy/statistics.ts';
import { fitScales, type Scale } from './leastSquares.ts';
import { writeLeftOut } from './leftOut.ts';
import { GROUPINGS, type TrainingRow, trainingRows } from './trainingRows.ts';

/**
 * What an engine adds: starts that were known before, in round numbers. The inside of experts is read and written by half a
 * dozen kernels; state-space layers run many small ones; the exchange of training moves what tables of inference move, at sizes
 * where it runs better; a layer's exchange launches some two hundred kernels of 10 us, an expert twenty.
 */
const ENGINE: Readonly<Record<keyof FittedTraining, Omit<Scale, 'name'>>> = {
  linear: { start: 8, deviation: 0.5 },
  inner: { start: 6, deviation: 0.5 },
  fused: { start: 0.5, deviation: 0.5 },
  tensorParallel: { start: 1, deviation: 0.3 },
  exchange: { start: 0.6, deviation: 0.5 },
  exchangeAcross: { start: 1, deviation: 0.2 },
  hostExchange: { start: 2e-3, deviation: 1.5 },
  hostExpert: { start: 0.2e-3, deviation: 1 },
  dataParallel: { start: 1, deviation: 0.3 },
};

/**
 * Kernels take what inference's take, times a factor common to all, times how a family of GPUs and a recipe of arithmetic
 * differ from it: these stay near 1 unless many rows say otherwise, so that a family with few rows is like the others.
 */
const SCALES: readonly Scale[] = [
  { name: 'products', start: 1, deviation: 0.5 },
  { name: 'attention', start: 1.2, deviation: 0.3 },
  { name: 'experts', start: 1, deviation: 0.3 },
  { name: 'narrowExperts', start: 1.3, deviation: 0.3 },
  ...TRAINING_FAMILIES.map((family) => ({ name: `products ${family}`, start: 1, deviation: 0.12 })),
  ...TRAINING_FAMILIES.map((family) => ({ name: `attention ${family}`, start: 1, deviation: 0.15 })),
  ...(['tensor', 'block'] as const).map((recipe) => ({ name: `products ${recipe}`, start: 0.9, deviation: 0.1 })),
  { name: 'products fp4', start: 1, deviation: 0.1 },
  ...(['tensor', 'block', 'fp4'] as const).map((recipe) => ({ name: `experts ${recipe}`, start: 1, deviation: 0.1 })),
  ...Object.entries(ENGINE).map(([name, scale]) => ({ name, ...scale })),
  { name: 'torchtitan', start: 1.1, deviation: 0.15 },
  { name: 'flashAttention2', start: 1.5, deviation: 0.15 },
];

function constantsOf(values: readonly number[], error = 0): TrainingConstants {
  const byName = new Map(SCALES.map(({ name }, index) => [name, values[index] ?? 1]));
  const get = (name: string) => byName.get(name) ?? 1;
  const kernels = (family: TrainingFamily): TrainingKernels => {
    const products = (recipe: Recipe) => get('products') * get(`products ${family}`) * get(`products ${recipe}`);
    const experts = (recipe: Recipe) =>
      get('experts') * (recipe === 'bf16' ? 1 : get('narrowExperts') * get(`experts ${recipe}`));
    return {
      products: byRecipe(products),
      experts: byRecipe(experts),
      attention: get('attention') * get(`attention ${family}`),
    };
  };
  return {
    kernels: {
      ampere: kernels('ampere'),
      hopper: kernels('hopper'),
      blackwell: kernels('blackwell'),
      'blackwell-ultra': kernels('blackwell-ultra'),
      cdna: kernels('cdna'),
    },
    engine: {
      linear: get('linear'),
      inner: get('inner'),
      fused: get('fused'),
      tensorParallel: get('tensorParallel'),
      exchange: get('exchange'),
      exchangeAcross: get('exchangeAcross'),
      dataParallel: get('dataParallel'),
      hostExchange: get('hostExchange'),
      hostExpert: get('hostExpert'),
    },
    torchtitan: get('torchtitan'),
    flashAttention2: get('flashAttention2'),
    residual: error,
  };
}

function byRecipe(factor: (recipe: Recipe) => number): Readonly<Record<Recipe, number>> {
  return { bf16: factor('bf16'), tensor: factor('tensor'), block: factor('block'), fp4: factor('fp4') };
}

export interface TrainingFit {
  /** The folder with `training.csv`. */
  readonly folder: string;
  /** The file to write; nothing is written where it is absent. */
  readonly path?: string;
}

/**
 * Training's constants, fitted to published step times from starts that no row decides. Prints and writes the errors on
 * the rows fitted, on random fifths, and on whole models, families of GPUs, engines and sources that the fit did not see.
 */
export function fitTraining({ folder, path }: TrainingFit): void {
  const rows = trainingRows(folder);
  if (rows.length === 0) {
    console.error(`training: no rows in ${folder}: nothing is written`);
    return;
  }
  const values = fitted(rows);
  const unseen = (groupOf: (row: TrainingRow) => string | number) =>
    [...new Set(rows.map(groupOf))].flatMap((group) => {
      const others = rows.filter((row) => groupOf(row) !== group);
      const constants = constantsOf(fitted(others));
      return rows.filter((row) => groupOf(row) === group).map((row) => residual(row, constants));
    });
  const leftOut = GROUPINGS.map((grouping) => ({
    grouping,
    groups: new Set(rows.map(({ groups }) => groups[grouping])).size,
    residuals: unseen(({ groups }) => groups[grouping]),
  }));
  const fifths = unseen(({ fold }) => fold);
  const widest = Math.max(...leftOut.map(({ residuals }) => errorsOf(residuals).most));
  const constants = constantsOf(values, widest);
  const told = [
    `${rows.length} rows, ${SCALES.length} constants: ${describe(rows.map((row) => residual(row, constants)))}`,
    `fifths held out: ${describe(fifths)}`,
    ...leftOut.map(
      ({ grouping, groups, residuals }) => `each ${grouping} of ${groups} held out: ${describe(residuals)}`,
    ),
  ];
  console.log(['training:', ...told].join('\n  '));
  if (path === undefined) return;
  writeFileSync(path, fileOf(constants, told));
  const figures = (grouping: string, groups: number, residuals: readonly number[]) => ({
    metric: 'step',
    grouping,
    groups,
    rows: residuals.length,
    ...errorsOf(residuals),
  });
  writeLeftOut('training', [
    figures(
      'seen',
      1,
      rows.map((row) => residual(row, constants)),
    ),
    figures('fifth', 5, fifths),
    ...leftOut.map(({ grouping, groups, residuals }) => figures(grouping, groups, residuals)),
  ]);
}

function fitted(rows: readonly TrainingRow[]): number[] {
  const residuals = (values: readonly number[]) => {
    const constants = constantsOf(values);
    return rows.map((row) => residual(row, constants));
  };
  return fitScales({ scales: SCALES, residuals });
}

/** ln(predicted / measured). */
function residual({ run, measured }: TrainingRow, constants: TrainingConstants): number {
  return Math.log(stepSeconds(trainingSeconds(run, constants)) / measured);
}

/** `most` is the error within which 80 % lie: what a band is made of. */
function errorsOf(residuals: readonly number[]): Readonly<Record<'mean' | 'median' | 'most', number>> {
  const sorted = residuals.map((one) => Math.abs(Math.exp(one) - 1)).sort((left, right) => left - right);
  const mean = sorted.reduce((sum, error) => sum + error, 0) / Math.max(1, sorted.length);
  return { mean, median: quantile(sorted, 0.5), most: quantile(sorted, 0.8) };
}

function describe(residuals: readonly number[]): string {
  const { mean, median } = errorsOf(residuals);
  return `mean ${(100 * mean).toFixed(1)} %, median ${(100 * median).toFixed(1)} %`;
}

function fileOf(constants: TrainingConstants, told: readonly string[]): string {
  const { kernels, engine, torchtitan, flashAttention2, residual: error } = constants;
  const shortened = (value: number, digits = 3) => String(Number(value.toPrecision(digits)));
  const recipes = (of: Readonly<Record<Recipe, number>>) =>
    `{ ${RECIPES.map((recipe) => `${recipe}: ${shortened(of[recipe])}`).join(', ')} }`;
  return [
    "import type { TrainingConstants } from '../training.ts';",
    '',
    '/**',
    ' * Written by `npm run fit`; edit `scripts/fit/training.ts`, not this file. Factors, passes, seconds.',
    ` * Source: ${SOURCES.training}. Absolute errors:`,
    ...told.map((line) => ` * - ${line}.`),
    ' * Families and recipes are products of a common factor and of their own differences from it.',
    ' */',
    'export const FITTED_TRAINING: TrainingConstants = {',
    '  kernels: {',
    ...TRAINING_FAMILIES.flatMap((family) => [
      `    ${family.includes('-') ? `'${family}'` : family}: {`,
      `      products: ${recipes(kernels[family].products)},`,
      `      experts: ${recipes(kernels[family].experts)},`,
      `      attention: ${shortened(kernels[family].attention)},`,
      '    },',
    ]),
    '  },',
    '  engine: {',
    ...Object.entries(engine).map(([name, value]) => `    ${name}: ${shortened(value)},`),
    '  },',
    `  torchtitan: ${shortened(torchtitan)},`,
    `  flashAttention2: ${shortened(flashAttention2)},`,
    `  residual: ${shortened(error, 2)},`,
    '};',
    '',
  ].join('\n');
}
