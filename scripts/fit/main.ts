import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { SOURCES } from '../../server/src/cost/constants/sources.ts';
import { type CsvRow, readCsv } from '../accuracy/csv.ts';
import { readDecode, readPrefill } from '../accuracy/kernels/attention.ts';
import type { KernelCase, Unread } from '../accuracy/kernels/case.ts';
import { readLibrary, readOwn } from '../accuracy/kernels/collectives.ts';
import { readLocal, readLowLatency, readNvlink, readRemote } from '../accuracy/kernels/expertParallel.ts';
import { readGemm } from '../accuracy/kernels/gemm.ts';
import { readGrouped } from '../accuracy/kernels/grouped.ts';
import type { LeftOut } from '../accuracy/leftOut.ts';
import { quantile } from '../accuracy/statistics.ts';
import { fitEngines } from './engines.ts';
import { type FitResult, fitSets, type Recipe } from './fit.ts';
import { writeLeftOut } from './leftOut.ts';
import { DECODE, GEMM, GROUPED, LINK, LOCAL, LOW_LATENCY, NVLINK, PREFILL, REMOTE, SHOTS } from './recipes.ts';
import { fitTraining } from './training.ts';
import { writeConstants } from './write.ts';

/**
 * `npm run fit -- --data DIR [--only NAME] [--dry]`: fits the constants of kernels and collectives, then those of serving
 * engines and of training, to the measured tables of a folder (that with `gemm.csv`, `moe.csv`, ...) and writes them to
 * `server/src/cost/constants/fitted/`. Prints the mean absolute error of each set on its own rows, on random fifths held
 * out, on whole shapes held out, and on each GPU held out.
 *
 * A whole fit is a process for each stage: what a stage writes is what the next one computes with.
 */
const constants = join(import.meta.dirname, '../../server/src/cost/constants/fitted');

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, only: { type: 'string' }, dry: { type: 'boolean' } },
});
const { data } = options;
if (data === undefined) {
  console.error('npm run fit -- --data DIR: name the folder with gemm.csv, moe.csv, attention.csv, ...');
  process.exit(2);
}

/** DIR may be the folder of all measured tables, or that of its kernels. */
const isWhole = existsSync(join(data, 'kernels'));
const kernels = isWhole ? join(data, 'kernels') : data;
const truth = isWhole ? data : dirname(data);

/** Own all-reduces are fitted beside the library's constants, engines and training on top of all others. */
const STAGES = ['kernels', 'shots', 'engines', 'training'] as const;
const stage = STAGES.find((name) => name === options.only);
if (options.only === undefined) {
  for (const only of STAGES) {
    const flags = ['--data', data, '--only', only, ...(options.dry ? ['--dry'] : [])];
    const { status } = spawnSync(process.execPath, [import.meta.filename, ...flags], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  process.exit(0);
}

interface Job<Constants> {
  readonly name: string;
  readonly table: string;
  readonly type: string;
  /** That declares the type, seen from the file that is written. */
  readonly module: string;
  readonly source: string;
  readonly files: readonly string[];
  readonly read: (row: CsvRow, index: number, file: string) => KernelCase<Constants> | Unread | undefined;
  readonly recipe: Recipe<Constants>;
}

run({
  name: 'gemm',
  table: 'FITTED_GEMM',
  type: 'GemmConstants',
  module: '../gemm.ts',
  source: SOURCES.gemm,
  files: ['gemm.csv'],
  read: readGemm,
  recipe: GEMM,
});
run({
  name: 'grouped',
  table: 'FITTED_GROUPED',
  type: 'GroupedConstants',
  module: '../grouped.ts',
  source: SOURCES.grouped,
  files: ['moe.csv'],
  read: readGrouped,
  recipe: GROUPED,
});

run({
  name: 'prefill',
  table: 'FITTED_PREFILL',
  type: 'PrefillConstants',
  module: '../attention.ts',
  source: SOURCES.prefill,
  files: ['attention.csv'],
  read: readPrefill,
  recipe: PREFILL,
});
run({
  name: 'decode',
  table: 'FITTED_DECODE',
  type: 'DecodeConstants',
  module: '../attention.ts',
  source: SOURCES.decode,
  files: ['attention.csv'],
  read: readDecode,
  recipe: DECODE,
});

run({
  name: 'links',
  table: 'FITTED_LINKS',
  type: 'Link',
  module: '../collectives.ts',
  source: SOURCES.links,
  files: ['collectives.csv'],
  read: readLibrary,
  recipe: LINK,
});
run({
  name: 'shots',
  table: 'FITTED_SHOTS',
  type: 'ShotConstants',
  module: '../collectives.ts',
  source: SOURCES.shots,
  files: ['collectives.csv'],
  read: readOwn,
  recipe: SHOTS,
});
run({
  name: 'deepepLocal',
  table: 'FITTED_LOCAL',
  type: 'LocalConstants',
  module: '../expertParallel.ts',
  source: SOURCES.deepepLocal,
  files: ['expert_parallel.csv'],
  read: readLocal,
  recipe: LOCAL,
});
run({
  name: 'deepepRemote',
  table: 'FITTED_REMOTE',
  type: 'RemoteConstants',
  module: '../expertParallel.ts',
  source: SOURCES.deepepRemote,
  files: ['expert_parallel.csv'],
  read: readRemote,
  recipe: REMOTE,
});
run({
  name: 'deepepLowLatency',
  table: 'FITTED_LOW_LATENCY',
  type: 'LowLatencyConstants',
  module: '../expertParallel.ts',
  source: SOURCES.deepepLowLatency,
  files: ['expert_parallel.csv'],
  read: readLowLatency,
  recipe: LOW_LATENCY,
});
run({
  name: 'nvlink',
  table: 'FITTED_NVLINK',
  type: 'NvlinkConstants',
  module: '../expertParallel.ts',
  source: SOURCES.nvlink,
  files: ['expert_parallel.csv'],
  read: readNvlink,
  recipe: NVLINK,
});

if (options.only === 'engines') {
  fitEngines({
    folder: truth,
    ...(!options.dry && { path: join(import.meta.dirname, '../../server/src/engines/fitted.ts') }),
  });
}

if (options.only === 'training') {
  fitTraining({ folder: truth, ...(!options.dry && { path: join(constants, 'training.ts') }) });
}

function run<Constants>(job: Job<Constants>): void {
  const isOfStage = stage === 'kernels' ? job.name !== 'shots' : job.name === options.only;
  if (!isOfStage) return;
  const cases = job.files.flatMap((file) =>
    (readCsv(join(kernels, file)) ?? []).map((row, index) => job.read(row, index, file)),
  );
  const measured = cases.filter((each) => each !== undefined && 'measured' in each);
  if (measured.length === 0) {
    console.error(`${job.name}: no rows in ${kernels}`);
    return;
  }
  const results = fitSets(measured, job.recipe, true);
  print(job.name, results);
  if (options.dry) return;
  const { table, type, source, module } = job;
  const path = join(constants, `${job.name}.ts`);
  writeConstants({ path, table, type, module, source, parameters: job.recipe.parameters }, results);
  writeLeftOut(`kernels, ${job.name}`, leftOutOf(results));
}

/** Of all sets together, each row counted once. Medians are of sets, since a set keeps no errors of its rows. */
function leftOutOf(results: readonly FitResult[]): Omit<LeftOut, 'fit'>[] {
  const figure = (grouping: string, groups: number, of: readonly (readonly [rows: number, error: number])[]) => {
    const rows = Math.round(of.reduce((sum, [count]) => sum + count, 0));
    const mean = of.reduce((sum, [count, error]) => sum + count * error, 0) / Math.max(1, rows);
    const ascending = of.map(([, error]) => error).sort((left, right) => left - right);
    return rows === 0 ? [] : [{ metric: 'latency', grouping, groups, rows, mean, median: quantile(ascending, 0.5) }];
  };
  const each = (errorOf: (result: FitResult) => number) =>
    results.map((result) => [result.rows, errorOf(result)] as const);
  const ofGpus = results.flatMap(({ rows, gpusHeldOut }) => {
    const errors = Object.values(gpusHeldOut);
    return errors.map((error) => [rows / errors.length, error] as const);
  });
  return [
    ...figure(
      'seen',
      1,
      each(({ error }) => error),
    ),
    ...figure(
      'fifth',
      5,
      each(({ heldOut }) => heldOut),
    ),
    ...figure(
      'shape',
      5,
      each(({ shapesHeldOut }) => shapesHeldOut),
    ),
    ...figure('GPU family', ofGpus.length, ofGpus),
  ];
}

function print(name: string, results: readonly FitResult[]): void {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`.padStart(8);
  console.log(`${name}: set, rows, mean error, held out at random, by shape, by GPU`);
  let rows = 0;
  let sums = [0, 0, 0];
  for (const result of results) {
    const errors = [result.error, result.heldOut, result.shapesHeldOut];
    const gpus = Object.entries(result.gpusHeldOut).map(([gpu, error]) => ` ${gpu}${percent(error)}`);
    console.log(
      `  ${result.set.padEnd(30)}${String(result.rows).padStart(5)}${errors.map(percent).join('')} ${gpus.join('')}`,
    );
    rows += result.rows;
    sums = sums.map((sum, index) => sum + (errors[index] ?? 0) * result.rows);
  }
  console.log(`  ${'all'.padEnd(30)}${String(rows).padStart(5)}${sums.map((sum) => percent(sum / rows)).join('')}`);
}
