import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openInEditor } from './vscode/open.ts';

/**
 * `npm start [-- FILE] [--no-editor] [--verbose]`: what the command line says about a plan and its exports under `out/`,
 * in a line, then the plan in VS Code with its preview beside it. A plan with errors is shown like any other: its
 * diagnostics are what one wants to see. Without a file it is a model that people serve, and the worked analysis after it.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist/moeplan.mjs');
/** All that the command line said, which nobody could read as it goes by. */
const transcript = join(root, 'out', 'start', 'analysis.txt');
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

let isVerbose = false;

/** What is said at length: in the file, and on the terminal of those who want it. */
function detail(text: string): void {
  appendFileSync(transcript, `${text}\n`);
  if (isVerbose) console.log(text);
}

let steps = 0;

function step(title: string): void {
  steps++;
  detail(`\n=== ${steps}. ${title}\n`);
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
    detail(`  no ${shown(file)}: ${run.problem.split('\n')[0] || 'nothing could be computed'}`);
    return false;
  }
  writeFileSync(file, run.output);
  detail(`  ${shown(file)}`);
  return true;
}

function analyse(plan: string): void {
  step(`Diagnostics of ${shown(plan)}`);
  const check = moeplan('check', plan);
  // Node itself ends with 1 where it cannot load the command line, and prints no diagnostics.
  if (check.status === 2 || (check.status === 1 && check.output === '')) throw new Error(check.problem);
  const findings = check.output.trim() || 'no problems';
  detail(findings);

  step('Analysis: memory, prediction, claims');
  const report = moeplan('report', plan);
  detail(report.output.trim() || report.problem);

  step('Comparison');
  const compare = moeplan('compare', plan);
  detail(compare.output.trimEnd() || compare.problem);

  const folder = join(root, 'out', basename(plan, '.moeplan'));
  step(`Exports in ${shown(folder)}`);
  mkdirSync(folder, { recursive: true });
  exportAll(plan, folder, report);
  // The last line of findings counts them.
  console.log(`${shown(plan)}: ${findings.split('\n').at(-1)}; report and pictures in ${shown(folder)}`);
}

function exportAll(plan: string, folder: string, report: Run): void {
  exportTo(join(folder, 'report.md'), report);
  const inspect = moeplan('inspect', plan, '--format', 'json');
  if (!exportTo(join(folder, 'inspect.json'), inspect)) return;
  for (const name of deploymentsOf(inspect.output)) {
    for (const format of ['dot', 'svg']) {
      exportTo(join(folder, `${name}.${format}`), moeplan('graph', plan, '--deployment', name, '--format', format));
    }
  }
}

const OPTIONS: readonly string[] = ['--no-editor', '--verbose'];

async function main(args: readonly string[]): Promise<number> {
  const [wrong] = args.filter((arg) => arg.startsWith('-') && !OPTIONS.includes(arg));
  const files = args.filter((arg) => !arg.startsWith('-'));
  const plans = files.length > 0 ? files.map((file) => resolve(file)) : examples;
  if (wrong !== undefined || files.length > 1) {
    const problem = wrong === undefined ? 'One file at a time' : `Unknown option ${wrong}`;
    console.error(`${problem}. npm start [-- FILE]${OPTIONS.map((option) => ` [${option}]`).join('')}`);
    return 2;
  }
  isVerbose = args.includes('--verbose');
  if (!existsSync(cli)) {
    console.error(`${shown(cli)} does not exist: npm run build makes it.`);
    return 2;
  }
  const missing = plans.find((plan) => !existsSync(plan));
  if (missing !== undefined) {
    console.error(`${shown(missing)} does not exist.`);
    return 2;
  }
  mkdirSync(dirname(transcript), { recursive: true });
  writeFileSync(transcript, '');
  for (const plan of plans) analyse(plan);
  console.log(`All that is said of ${plans.length > 1 ? 'them' : 'it'}: ${shown(transcript)}, and with --verbose here`);
  if (args.includes('--no-editor')) return 0;
  await openInEditor(plans, { extensionPath: root, isVerbose });
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
