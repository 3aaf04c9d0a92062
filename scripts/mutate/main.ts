import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, type Mutant, mutantsOf, sampled } from './mutants.ts';

/**
 * `npm run mutate`: changes single spots of `plan/` and `cost/`, a sample of them, and lists the changes that no test
 * notices: `--count 40`, `--seed 1`, `--file part-of-a-path`. It fails nothing; what survives is to be read by a person: it is
 * a test that is missing, or a change that means nothing.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string', default: '' },
  },
});
const root = join(import.meta.dirname, '../..');
/** Rules have fixtures of their own; constants are data. */
const files = globSync(['server/src/plan/**/*.ts', 'server/src/cost/**/*.ts'], { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.includes('/constants/') && path.includes(values.file))
  .sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const all = [...sources].flatMap(([file, source]) => mutantsOf(file, source));
const chosen = sampled(all, Number(values.count), Number(values.seed));

/** First the tests that fail soonest, then those of what is built on the figures. */
const SUITES = [
  ['test/cost', 'test/plan'],
  ['test/services', 'test/graph', 'test/accuracy', 'test/catalog'],
];

/** Whether all tests pass with the change, or without one. */
function survives(mutant?: Mutant): boolean {
  return SUITES.every((suites) => {
    const config = join(root, 'scripts/mutate/vitest.config.ts');
    const { status } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...suites, '--bail', '1', '--config', config],
      { cwd: root, env: { ...process.env, MOEPLAN_MUTANT: JSON.stringify(mutant ?? null) }, stdio: 'ignore' },
    );
    return status === 0;
  });
}

if (!survives()) throw new Error('the tests fail without any change: run `npm test` first');
console.log(`${chosen.length} of ${all.length} changes in ${files.length} files, seed ${values.seed}`);
const survivors: string[] = [];
for (const [index, mutant] of chosen.entries()) {
  const text = describe(sources.get(mutant.file) ?? '', mutant);
  const isLeft = survives(mutant);
  if (isLeft) survivors.push(text);
  console.log(`${index + 1}/${chosen.length} ${isLeft ? 'SURVIVED' : 'noticed'}  ${text.split('\n')[0]}`);
}
console.log(`\n${survivors.length} of ${chosen.length} survive\n\n${survivors.join('\n\n')}`);
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out/mutants.txt'), `${survivors.join('\n\n')}\n`);
console.log(`\nwrote ${relative(process.cwd(), join(root, 'out/mutants.txt'))}`);
