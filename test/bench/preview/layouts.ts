import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { layoutLayered } from '../../../server/src/graph/layout/layered.ts';
import { layoutDag } from '../../../server/src/graph/layout/layout.ts';
import { dagOfAbout, worked } from './graphs.ts';
import { progress, type Row, rowOf } from './rows.ts';

const PATIENCE_MS = 240_000;

/** Our layouts at both sizes, and what is in common use at the smaller one, on the same graph. */
export async function measureLayouts(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [about, goal, times] of [
    [10_000, 50, 20],
    [100_000, 500, 8],
  ] as const) {
    const dag = dagOfAbout(about);
    const name = `${dag.order.toLocaleString('en')} nodes, ${dag.size.toLocaleString('en')} edges`;
    for (const [what, run, wanted] of [
      ['lay out', () => layoutDag(dag), goal],
      ['lay out in layers', () => layoutLayered(dag), undefined],
    ] as const) {
      const all: number[] = [];
      for (let index = 0; index < times; index++) all.push(await worked(run));
      // The first ones warm the compiler up, as pictures before this one would.
      progress(`${what}, ${name}: ${Math.round(Math.min(...all))} ms at best`);
      rows.push(rowOf(`${what}, ${name}`, all.slice(2), wanted));
    }
    if (about > 10_000) continue;
    const ours = rows[0]?.p50 ?? Number.NaN;
    for (const engine of ['dagre', 'elk', 'graphviz']) {
      const time = engineTime(engine);
      if (time === undefined) continue;
      progress(`${engine}: ${Math.round(time)} ms`);
      rows.push(rowOf(`${engine}, the same (${Math.round(time / ours)} times ours)`, [time]));
    }
  }
  return rows;
}

/** In a process of its own, which is given up after a while: one of them may take minutes on a busy machine. */
function engineTime(engine: string): number | undefined {
  const file = join(import.meta.dirname, 'engines.ts');
  const { stdout } = spawnSync(process.execPath, ['--stack-size=8000', file, engine], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  const time = Number.parseFloat(stdout);
  if (Number.isFinite(time)) return time;
  progress(`${engine} gave no answer within ${PATIENCE_MS / 1_000} s`);
  return undefined;
}
