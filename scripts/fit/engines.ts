import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { partsError } from '../../server/src/cost/figures/band.ts';
import { slowestGpu } from '../../server/src/cost/hardware.ts';
import { engineProfile, enginesFor } from '../../server/src/engines/index.ts';
import type { Deployment, EngineName } from '../../server/src/plan/deployment.ts';
import { number, readCsv, text } from '../accuracy/csv.ts';
import { deploymentPlan } from '../accuracy/deployments.ts';
import { NotCovered, Planner } from '../accuracy/plans.ts';
import { HEADLINE, servingPlan } from '../accuracy/serving.ts';
import { writeLeftOut } from './leftOut.ts';

/** What is fitted, with the range that has a meaning. */
const FITTED = {
  perLayer: [0, 40e-6],
  perStep: [0, 6e-3],
  perSequence: [0, 120e-6],
  graphGap: [0, 8e-6],
  widening: [0, 80e-6],
  widenedCompute: [0.04, 0.6],
  launch: [0, 60e-6],
  hidden: [0, 1],
  perRequest: [0, 0.2],
  ahead: [0, 6],
  rankWait: [0, 60],
} as const;
type Name = keyof typeof FITTED;
type Constants = Record<Name, number>;
const NAMES = Object.keys(FITTED).filter((name): name is Name => name in FITTED);

interface Row {
  readonly deployment: Deployment;
  readonly engine: EngineName;
  readonly model: string;
  readonly family: string;
  readonly source: string;
  readonly tpot?: number;
  readonly ttft?: number;
  /** Tokens/s of all its GPUs, where the row is a deployment at full load. */
  readonly throughput?: number;
  /** The same in every run: which of the random fifths the row is in. */
  readonly fold: number;
}

/** predicted / measured - 1. */
interface Errors {
  readonly tpot?: number;
  readonly ttft?: number;
  readonly throughput?: number;
  /** Of the kernels and transfers behind the prediction, from their own fits. */
  readonly parts: number;
}

export interface EnginesFit {
  /** The folder with `serving.csv` and `deployments.csv`. */
  readonly folder: string;
  /** The file to write; nothing is written where it is absent. */
  readonly path?: string;
}

/**
 * Engine constants by coordinate descent over all headline rows of serving.csv and the full-load rows of deployments.csv,
 * each engine by itself, from neutral ones. Prints and writes the errors on its own rows, on random fifths and on whole
 * models that the fit did not see; the residuals that ship hold 80 % of the measurements on unseen models in the
 * band.
 */
export function fitEngines({ folder, path }: EnginesFit): void {
  const rows = loadRows(folder);
  // The ideal engine adds nothing that could be fitted.
  const engines = enginesFor('serving').filter((name) => engineProfile(name).constantsTable === 'serving');
  const names = engines.map((name) => `'${name}'`).join(' | ');
  const lines = [
    "import type { FittedServing } from './constants.ts';",
    '',
    '/**',
    ' * Written by `npm run fit`; edit `scripts/fit/engines.ts`, not this file. Seconds, shares, numbers of prompts.',
    ' * Source: published serving measurements and full-load runs of TensorRT-LLM.',
    ' * Residuals widen the band until it holds 80 % of the measurements on models that were held out.',
    ' */',
    `export const FITTED_ENGINES: Readonly<Record<${names}, FittedServing>> = {`,
  ];
  for (const engine of engines) {
    const own = rows.filter((row) => row.engine === engine);
    if (own.length === 0) {
      console.error(`engines: no rows of ${engine} in ${folder}: nothing is written`);
      return;
    }
    lines.push(...fitEngine(engine, own, path !== undefined));
  }
  lines.push('};', '');
  if (path !== undefined) writeFileSync(path, lines.join('\n'));
}

function fitEngine(engine: EngineName, own: readonly Row[], writes: boolean): string[] {
  const fitted = calibrate(engine, own);
  const models = [...new Set(own.map(({ model }) => model))];
  const unseen = (groups: readonly ((row: Row) => boolean)[]) =>
    groups.flatMap((leftOut) => {
      const constants = calibrate(
        engine,
        own.filter((row) => !leftOut(row)),
      );
      return errors(engine, constants, own.filter(leftOut), true);
    });
  const within = errors(engine, fitted, own);
  const fifths = unseen([0, 1, 2, 3, 4].map((fold) => (row: Row) => row.fold === fold));
  const others = unseen(models.map((model) => (row: Row) => row.model === model));
  const groupings = (['family', 'source'] as const).map((name) => {
    const groups = [...new Set(own.map((row) => row[name]))];
    const isOne = groups.length < 2;
    return {
      name,
      groups: groups.length,
      found: isOne ? [] : unseen(groups.map((group) => (row: Row) => row[name] === group)),
    };
  });
  Object.assign(engineProfile(engine).constants, fitted);
  const told = [
    `own rows: ${describe(within)}`,
    `fifths held out: ${describe(fifths)}`,
    `models held out: ${describe(others)}`,
    ...groupings.flatMap(({ name, groups, found }) =>
      groups < 2 ? [] : [`each ${name} of ${groups} held out: ${describe(found)}`],
    ),
  ];
  console.log([`${engine}:`, ...told].join('\n  '));
  if (writes) {
    writeLeftOut(engineProfile(engine).title, [
      ...figures('seen', 1, within),
      ...figures('fifth', 5, fifths),
      ...figures('model', models.length, others),
      ...groupings.flatMap(({ name, groups, found }) =>
        figures(name === 'family' ? 'GPU family' : name, groups, found),
      ),
    ]);
  }
  const residual = own80(others, 'tpot') ?? 0;
  const firstResidual = own80(others, 'ttft') ?? residual;
  const rateResidual = own80(others, 'throughput') ?? residual;
  return [
    ...told.map((line) => `  // ${line}.`),
    `  ${engine.includes('-') ? `'${engine}'` : engine}: {`,
    ...NAMES.map((name) => `    ${name}: ${Number(fitted[name].toPrecision(3))},`),
    `    residual: ${Number(residual.toPrecision(2))},`,
    `    firstResidual: ${Number(firstResidual.toPrecision(2))},`,
    `    rateResidual: ${Number(rateResidual.toPrecision(2))},`,
    '  },',
  ];
}

/**
 * What must be added in squares to the errors of the parts for the band, a factor of 1 + error either way, to hold 80 % of
 * the measurements; nothing without any.
 */
function own80(found: readonly Errors[], metric: 'tpot' | 'ttft' | 'throughput'): number | undefined {
  const needed = found
    .flatMap(({ parts, [metric]: error }) => {
      if (error === undefined) return [];
      const apart = Math.max(1 + error, 1 / (1 + error)) - 1;
      return [Math.sqrt(Math.max(0, apart * apart - parts * parts))];
    })
    .sort((left, right) => left - right);
  return needed[Math.ceil(0.8 * needed.length) - 1];
}

function loadRows(folder: string): Row[] {
  const planner = new Planner(folder);
  const found: Row[] = [];
  (readCsv(join(folder, 'serving.csv')) ?? []).forEach((row, index) => {
    const tpot = number(row, 'tpot_ms');
    const ttft = number(row, 'ttft_ms');
    if (!HEADLINE.has(text(row, 'trust')) || tpot === undefined || ttft === undefined) return;
    try {
      const { deployment } = planner.evaluate(servingPlan(planner, row));
      const engine = deployment.pools[0]?.engine.name;
      const groups = groupsOf(deployment, text(row, 'source'));
      const model = text(row, 'model').split('/').at(-1) ?? '';
      // Multiplication by a large odd number spreads neighbouring rows over the folds.
      const fold = ((index * 2654435761) >>> 16) % 5;
      if (engine) found.push({ deployment, engine, model, ...groups, tpot: tpot / 1e3, ttft: ttft / 1e3, fold });
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
    }
  });
  for (const row of readCsv(join(folder, 'deployments.csv')) ?? []) {
    const measured = number(row, 'output_tps_per_gpu');
    if (measured === undefined || !text(row, 'phase').includes('max throughput')) continue;
    try {
      const { text: plan, gpus } = deploymentPlan(planner, row);
      const { deployment } = planner.evaluate(plan);
      const engine = deployment.pools[0]?.engine.name;
      const fold = found.length % 5;
      const groups = groupsOf(deployment, text(row, 'source'));
      if (engine)
        found.push({ deployment, engine, model: text(row, 'model'), ...groups, throughput: measured * gpus, fold });
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error;
    }
  }
  return found;
}

function groupsOf({ cluster, pools }: Deployment, source: string): Pick<Row, 'family' | 'source'> {
  const gpu = slowestGpu(cluster, pools[0]?.gpus ?? []);
  return { family: gpu?.family ?? '', source: /^github:([^@\s]+)/.exec(source)?.[1] ?? source };
}

function errors(engine: EngineName, constants: Constants, of: readonly Row[], withParts = false) {
  Object.assign(engineProfile(engine).constants, constants);
  return of.map(({ deployment, tpot, ttft, throughput }): Errors => {
    const evaluation = evaluate(deployment);
    const { prediction } = evaluation;
    const [pool] = prediction.pools;
    const step = pool?.steps[0];
    return {
      parts: withParts && pool && step ? partsError(evaluation, pool, step) : 0,
      ...(tpot !== undefined && { tpot: (prediction.tpotSeconds ?? 0) / tpot - 1 }),
      ...(ttft !== undefined && { ttft: (prediction.ttftSeconds ?? 0) / ttft - 1 }),
      ...(throughput !== undefined && { throughput: prediction.throughputTokensPerSecond / throughput - 1 }),
    };
  });
}

/** Errors beyond 60 % come from runs that are not what their columns say: they pull no further. */
function loss(engine: EngineName, constants: Constants, of: readonly Row[]): number {
  let sum = 0;
  const capped = (error = 0) => Math.min(0.6, Math.abs(error));
  for (const { tpot, ttft, throughput } of errors(engine, constants, of)) {
    sum += capped(tpot) + 0.35 * capped(ttft) + capped(throughput);
  }
  return sum / Math.max(1, of.length);
}

/** Where every search begins, those with rows held out too: values that no engine was fitted to. */
const NEUTRAL: Constants = {
  perLayer: 5e-6,
  perStep: 0.5e-3,
  perSequence: 5e-6,
  graphGap: 2e-6,
  widening: 10e-6,
  widenedCompute: 0.2,
  launch: 20e-6,
  hidden: 0.1,
  perRequest: 0.03,
  ahead: 1,
  rankWait: 0,
};

function calibrate(engine: EngineName, of: readonly Row[]): Constants {
  let best = NEUTRAL;
  let least = loss(engine, best, of);
  for (let step = 0.25; step > 0.004; step /= 2) {
    let improved = true;
    for (let round = 0; improved && round < 6; round++) {
      improved = false;
      for (const name of NAMES) {
        const [low, high] = FITTED[name];
        for (const way of [step, -step]) {
          const trial = { ...best, [name]: Math.min(high, Math.max(low, best[name] + way * (high - low))) };
          if (trial[name] === best[name]) continue;
          const found = loss(engine, trial, of);
          if (found < least - 1e-6) {
            best = trial;
            least = found;
            improved = true;
          }
        }
      }
    }
  }
  return best;
}

function describe(found: readonly Errors[]): string {
  return figures('', 1, found)
    .map(
      ({ metric, mean, median, rows }) =>
        `${metric} mean ${(100 * mean).toFixed(1)} % median ${(100 * median).toFixed(1)} % (${rows})`,
    )
    .join(', ');
}

function figures(grouping: string, groups: number, found: readonly Errors[]) {
  return (['tpot', 'ttft', 'throughput'] as const).flatMap((metric) => {
    const sorted = found
      .map((one) => one[metric])
      .filter((error) => error !== undefined)
      .map(Math.abs)
      .sort((left, right) => left - right);
    if (sorted.length === 0) return [];
    const mean = sorted.reduce((sum, error) => sum + error, 0) / sorted.length;
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return [{ metric, grouping, groups, rows: sorted.length, mean, median }];
  });
}
