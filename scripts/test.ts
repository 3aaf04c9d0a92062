import { spawn } from 'node:child_process';

/**
 * `npm test`: every check of the project, one after the other, each with its time. All of them run even when one
 * fails, so that one run tells everything; the exit code is 1 when any failed. A check that could not run here (it
 * exits with 77, the code that build tools know for that) is told apart from one that passed.
 */
interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'lint and format', command: ['biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'bundles', command: ['node', 'scripts/build.ts'] },
  { name: 'units, fixtures, properties, protocol, command line', command: ['vitest', 'run'] },
  { name: 'preview page in a browser', command: ['node', 'test/page/run.ts'] },
  { name: 'pictures in the programs that read SVG', command: ['node', 'test/readers/run.ts'] },
  { name: 'Neovim', command: ['node', 'test/neovim/run.ts'] },
  { name: 'real VS Code', command: ['node', 'scripts/vscode/run.ts'] },
];

const NOT_RUN = 77;

function run(check: Check): Promise<number> {
  const [program = '', ...args] = check.command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const only = process.argv.slice(2);
const chosen = checks.filter((check) => only.length === 0 || only.some((word) => check.name.includes(word)));
const failed: string[] = [];
const notRun: string[] = [];
for (const [index, check] of chosen.entries()) {
  console.log(`\n=== ${index + 1}/${chosen.length} ${check.name}: ${check.command.join(' ')}`);
  const start = performance.now();
  const code = await run(check);
  const outcome = code === 0 ? 'passed' : code === NOT_RUN ? 'NOT RUN' : 'FAILED';
  console.log(`=== ${check.name}: ${outcome} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (outcome === 'FAILED') failed.push(check.name);
  if (outcome === 'NOT RUN') notRun.push(check.name);
}
const passed = chosen.length - failed.length - notRun.length;
console.log(`\n${passed} passed, ${failed.length} failed${notRun.length > 0 ? `, ${notRun.length} not run` : ''}`);
for (const name of notRun) console.log(`  not run: ${name}`);
for (const name of failed) console.log(`  failed: ${name}`);
process.exitCode = failed.length === 0 ? 0 : 1;
