import { test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import * as d from '../support/deployments.ts';

test('smoke', () => {
  const gib = (b: number) => (b / 2 ** 30).toFixed(2);
  for (const [n, p] of [
    ['ep16', { ep: 16 }],
    ['base ep8', { tp: 8, pp: 2, ep: 8 }],
    ['base etp8', { tp: 8, pp: 2, etp: 8 }],
    ['m8', { tp: 8, pp: 2, ep: 8, microBatches: 8 }],
  ] as const) {
    const e = evaluate(d.analysis(p));
    const m = e.memory[0]!.classes[0]!;
    console.log(
      n,
      e.prediction.stepSeconds,
      e.prediction.throughputTokensPerSecond,
      e.prediction.utilisation,
      e.prediction.bubbleFraction,
      e.prediction.bottleneck.text,
      'mem',
      gib(m.totalBytes),
      gib(m.expertBytes),
      m.gpuClass.experts,
      gib(m.activationBytes),
    );
    if (n === 'ep16' || n === 'base ep8')
      for (const o of e.prediction.pools[0]!.steps[0]!.stages[0]!.layers[0]!.operations)
        console.log(
          '  ',
          o.key,
          o.kind,
          o.group,
          o.after.join(),
          o.input.map((a) => a.name + '=' + a.size).join(' '),
          '->',
          o.output.map((a) => a.name + '=' + a.size).join(' '),
          (o.seconds * 1e3).toFixed(3),
          'ms',
          o.bound,
          o.formula,
        );
  }
  const ds = { ...d.DEEPSEEK_V3, types: d.FP8_TYPES };
  const dep = d.deployment(
    ds,
    d.cluster(4, d.node(d.H200)),
    { kind: 'serving', name: 's', input: 4000, output: 1000, concurrency: 32 * 64, prefixShare: 0 },
    [
      d.pool(ds, d.range(0, 32), {
        parallel: { ep: 32 },
        engine: { name: 'sglang', allToAll: 'deepep', chunkTokens: 8192 },
      }),
    ],
  );
  const e = evaluate(dep);
  console.log(
    e.parameters,
    e.prediction.ttftSeconds,
    e.prediction.tpotSeconds,
    e.prediction.throughputTokensPerSecond,
    e.memory[0]!.requestsThatFit,
    e.memory[0]!.kvBytesPerToken,
    e.prediction.bottleneck.text,
  );
  const { gpuClass, ...m } = e.memory[0]!.classes[0]!;
  console.log(m, gpuClass.gpus.length);
  for (const st of e.prediction.pools[0]!.steps) {
    console.log(st.phase, st.seconds);
    for (const o of [...st.stages[0]!.layers.at(-1)!.operations, ...st.stages[0]!.exit])
      console.log('  ', o.key, (o.seconds * 1e6).toFixed(1), 'us', o.bound, o.formula);
  }
  for (const [n, dd] of [
    ['analysis', d.analysis({ ep: 16 })],
    ['base', d.analysis({ tp: 8, pp: 2, ep: 8 })],
    ['dsv3 32', dep],
  ] as const) {
    for (let i = 0; i < 500; i++) evaluate(dd);
    const t = performance.now();
    for (let i = 0; i < 1000; i++) evaluate(dd);
    console.log(n, (performance.now() - t).toFixed(1), 'us each');
  }
});
