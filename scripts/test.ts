import { spawn } from 'node:child_process';

/**
 * `npm test`: every check of the project, one after the other, each with its time. All of them run even when one
 * fails, so that one run tells everything; the exit code is 1 when any failed.
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
  { name: 'real VS Code', command: ['node', 'scripts/vscode/run.ts'] },
];

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
for (const [index, check] of chosen.entries()) {
  console.log(`\n=== ${index + 1}/${chosen.length} ${check.name}: ${check.command.join(' ')}`);
  const start = performance.now();
  const code = await run(check);
  console.log(
    `=== ${check.name}: ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  if (code !== 0) failed.push(check.name);
}
console.log(`\n${chosen.length - failed.length} passed, ${failed.length} failed`);
for (const name of failed) console.log(`  failed: ${name}`);
process.exitCode = failed.length === 0 ? 0 : 1;
