import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { readTrace } from '../support/trace.ts';
import { EXAMPLE, moeplan } from './moeplan.ts';

function traced(args: readonly string[], folder?: string) {
  const { code, out, err } = moeplan(['trace', ...args], folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return readTrace(out);
}

const TRAINING = `model small {
  layers = 8, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload learn { mode = training, global-batch = 64, micro-batch = 1, length = 1024 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = small, cluster = one, workload = learn
  parallel { pp = 4, ep = 2, SCHEDULE }
}
`;

describe('moeplan trace', () => {
  test('writes a process for each stage of the chosen deployment, as Perfetto reads it', () => {
    const { processes, slices, arrows } = traced([EXAMPLE, '--deployment', 'baseline-whole']);
    expect(processes).toEqual(['Stage front (GPUs 0..7)', 'Stage back (GPUs 8..15)']);
    expect(slices.some(({ name }) => name === 'routed experts, layer 0')).toBe(true);
    expect(arrows).toBeGreaterThan(0);
    expect(traced([EXAMPLE, '--deployment', 'proposed']).processes).toEqual(['Stage all (GPUs 0..15)']);
  });

  test.each([
    ['examples/hand-drawn-layers.moeplan', 'hand-drawn'],
    ['examples/deployment-analysis.moeplan', 'baseline-split'],
    ['test/fixtures/plans/deepseek-v3-176.moeplan', 'deepseek-v3-176'],
    ['test/fixtures/plans/training.moeplan', 'train-1024'],
    ['test/fixtures/plans/training.moeplan', 'train-2048'],
  ])('of %s %s is sound, and two processes write equal bytes', (file, deployment) => {
    const [first, second] = [0, 1].map(() => moeplan(['trace', file, '--deployment', deployment]).out);
    expect(first).toBe(second);
    const { slices } = readTrace(first ?? '');
    expect(slices.length).toBeGreaterThan(10);
    expect(slices.filter(({ ts, dur }) => ts < 0 || dur < 0)).toEqual([]);
  });

  test("shows what a hand-drawn layer is predicted with, the user's own operators by name", () => {
    const { slices } = traced(['examples/hand-drawn-layers.moeplan']);
    for (const name of ['gate (linear), layer 4', 'sum (add), layer 0', 'routed experts, layer 0'])
      expect(slices.some((slice) => slice.name === name)).toBe(true);
  });

  test('writes both pools of a deployment that serves with prefill and decode apart', () => {
    const { processes } = traced(['examples/deepseek-v3-h800.moeplan']);
    expect(processes.map((name) => name.split(',')[0])).toEqual(['prefill', 'decode']);
  });

  test.each(['schedule = 1f1b', 'schedule = interleaved, vpp = 2', 'schedule = zero-bubble', 'schedule = dualpipe'])(
    'writes training with %s',
    (schedule) => {
      const folder = folderWith({ 'plan.moeplan': TRAINING.replace('SCHEDULE', schedule) });
      const { slices, processes, arrows, notes } = traced(['plan.moeplan'], folder);
      expect(notes).toEqual([]);
      expect(processes).toHaveLength(4);
      const passes = slices.filter(({ tid }) => tid === 1);
      for (const { pid } of passes) expect(pid).toBeLessThanOrEqual(4);
      // Three hand-overs forward and three backward for each of the 32 micro-batches, more where chunks are interleaved.
      expect(arrows).toBeGreaterThanOrEqual(6 * 32);
    },
  );

  test('-o writes the same bytes to a file', () => {
    const folder = folderWith({ 'plan.moeplan': TRAINING.replace('SCHEDULE', 'schedule = 1f1b') });
    const { code, out } = moeplan(['trace', 'plan.moeplan', '-o', 'step.json'], folder);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(readFileSync(join(folder, 'step.json'), 'utf8')).toBe(moeplan(['trace', 'plan.moeplan'], folder).out);
  });

  test('a name that the file does not have is said', () => {
    const { code, err } = moeplan(['trace', EXAMPLE, '--deployment', 'proposd']);
    expect(code).toBe(2);
    expect(err).toContain('did you mean `proposed`?');
  });
});
