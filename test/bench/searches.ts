import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../support/dist.ts';
import { SEARCHED_SPACES } from '../support/searchedSpaces.ts';

/** Whole searches from the command line, with all cores. */
export interface SearchRow {
  readonly name: string;
  readonly seconds: number;
  readonly plans: number;
  readonly scored: number;
}

/** What a whole search is to take at most, seconds. */
export const SEARCH_GOAL = 10;

export function searches(): readonly SearchRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'moeplan-bench-'));
  const file = join(folder, 'plan.moeplan');
  writeFileSync(file, SEARCHED_SPACES);
  const rows = ['aggregated', 'disaggregated', 'training'].map((name) => {
    const start = performance.now();
    const { stdout } = spawnSync(
      process.execPath,
      [join(projectRoot, 'dist/moeplan.mjs'), 'search', file, name, '--format', 'json'],
      { encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    const seconds = (performance.now() - start) / 1e3;
    const [, plans = '0'] = /"plans": (\d+)/.exec(stdout) ?? [];
    const [, scored = '0'] = /"scored": (\d+)/.exec(stdout) ?? [];
    return { name, seconds, plans: Number(plans), scored: Number(scored) };
  });
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

export function searchLine({ name, seconds, plans, scored }: SearchRow): string {
  const rate = plans / seconds / cpus().length;
  const goal = `${seconds <= SEARCH_GOAL ? '<=' : 'MISSED'} ${SEARCH_GOAL} s`;
  const number = (value: number) => Math.round(value).toLocaleString('en-US');
  return `${name.padEnd(30)}${`${seconds.toFixed(1)} s`.padStart(12)}${goal.padStart(16)}${number(plans).padStart(18)}${number(scored).padStart(14)}${number(rate).padStart(18)}`;
}
