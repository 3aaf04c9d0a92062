import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openInEditor } from './vscode/open.ts';

/**
 * `npm start [-- FILE] [--no-editor]`: what the command line says about a plan, its exports under `out/`, then the plan
 * in VS Code with its preview beside it. A plan with errors is shown like any other: its diagnostics are what one wants
 * to see. Without a file it is a model that people serve, and the worked analysis after it.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist/moeplan.mjs');
const examples = ['qwen3-235b-h100', 'deployment-analysis'].map((name) => join(root, 'examples', `${name}.moeplan`));

interface Run {
  /** 0 what was asked for was done and is clean, 1 errors were found, 2 it could not be done. */
  readonly status: 0 | 1 | 2;
  readonly output: string;
  readonly problem: string;
}

/**
 * Runs the built command line as a user would.
 *
 * @throws an Error where it ends in any other way than it says: by a mistake of its own, a signal or no start at all.
 */
function moeplan(...args: readonly string[]): Run {
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 2 ** 20,
  });
  const problem = (error?.message ?? stderr ?? '').trim();
  if (status !== 0 && status !== 1 && status !== 2)
    throw new Error(problem || `\`moeplan ${args.join(' ')}\` ended with ${signal ?? status}`);
  return { status, output: stdout ?? '', problem };
}

let steps = 0;

function step(title: string): void {
  steps++;
  console.log(`\n=== ${steps}. ${title}\n`);
}

/** Paths as a reader of the terminal would write them. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** Names of the deployments of a plan, in the order of its text. Throws an Error when the answer has another shape. */
function deploymentsOf(json: string): readonly string[] {
  const answer: unknown = JSON.parse(json);
  if (typeof answer !== 'object' || answer === null || !('deployments' in answer)) throw shapeError();
  if (!Array.isArray(answer.deployments)) throw shapeError();
  return answer.deployments.map((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('name' in one) || typeof one.name !== 'string') throw shapeError();
    return one.name;
  });
}

function shapeError(): Error {
  return new Error('`moeplan inspect` did not answer with deployments');
}

/** Writes one file, or says why there is none: a deployment with errors may have nothing to draw. */
function exportTo(file: string, run: Run): boolean {
  if (run.status !== 0 || run.output === '') {
    console.log(`  no ${shown(file)}: ${run.problem.split('\n')[0] || 'nothing could be computed'}`);
    return false;
  }
  writeFileSync(file, run.output);
  console.log(`  ${shown(file)}`);
  return true;
}

function analyse(plan: string): void {
  step(`Diagnostics of ${shown(plan)}`);
  const check = moeplan('check', plan);
  // Node itself ends with 1 where it cannot load the command line, and prints no diagnostics.
  if (check.status === 2 || (check.status === 1 && check.output === '')) throw new Error(check.problem);
  console.log(check.output.trim() || 'none');

  step('Analysis: memory, prediction, claims');
  const report = moeplan('report', plan);
  console.log(report.output.trim() || report.problem);

  step('Comparison');
  const compare = moeplan('compare', plan);
  console.log(compare.output.trimEnd() || compare.problem);

  const folder = join(root, 'out', basename(plan, '.moeplan'));
  step(`Exports in ${shown(folder)}`);
  mkdirSync(folder, { recursive: true });
  exportTo(join(folder, 'report.md'), report);
  const inspect = moeplan('inspect', plan, '--format', 'json');
  if (!exportTo(join(folder, 'inspect.json'), inspect)) return;
  for (const name of deploymentsOf(inspect.output)) {
    for (const format of ['dot', 'svg']) {
      exportTo(join(folder, `${name}.${format}`), moeplan('graph', plan, '--deployment', name, '--format', format));
    }
  }
}

async function main(args: readonly string[]): Promise<number> {
  const [wrong] = args.filter((arg) => arg.startsWith('-') && arg !== '--no-editor');
  const files = args.filter((arg) => !arg.startsWith('-'));
  const plans = files.length > 0 ? files.map((file) => resolve(file)) : examples;
  if (wrong !== undefined || files.length > 1) {
    console.error(
      `${wrong === undefined ? 'One file at a time' : `Unknown option ${wrong}`}. npm start [-- FILE] [--no-editor]`,
    );
    return 2;
  }
  if (!existsSync(cli)) {
    console.error(`${shown(cli)} does not exist: npm run build makes it.`);
    return 2;
  }
  const missing = plans.find((plan) => !existsSync(plan));
  if (missing !== undefined) {
    console.error(`${shown(missing)} does not exist.`);
    return 2;
  }
  for (const plan of plans) analyse(plan);
  if (args.includes('--no-editor')) return 0;
  step('VS Code');
  await openInEditor(plans, root);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
