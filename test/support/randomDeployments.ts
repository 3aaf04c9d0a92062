import fc from 'fast-check';
import type { Deployment, Workload } from '../../server/src/plan/deployment.ts';
import { cluster, dense, deployment, experts, gqa, layer, model, pool, range } from './deployments.ts';

const workloads: readonly Workload[] = [
  { kind: 'batch', name: 'batch', sequences: 64, length: 512 },
  {
    kind: 'training',
    name: 'train',
    globalBatch: 64,
    length: 512,
    microBatch: 1,
    optimizer: 'adam',
  },
];

/** Small deployments that every rule would let pass: degrees divide what they split. */
export const smallDeployment: fc.Arbitrary<Deployment> = fc
  .record({
    perStage: fc.constantFrom(1, 2, 4, 8),
    pp: fc.constantFrom(1, 2),
    tpExponent: fc.nat(3),
    cpExponent: fc.nat(1),
    etpExponent: fc.nat(3),
    epExponent: fc.nat(3),
    denseFirst: fc.boolean(),
    shared: fc.boolean(),
    layers: fc.constantFrom(2, 4),
    workload: fc.nat(workloads.length - 1),
    microBatches: fc.constantFrom(1, 2, 4),
  })
  .map(
    ({
      perStage,
      pp,
      tpExponent,
      cpExponent,
      etpExponent,
      epExponent,
      denseFirst,
      shared,
      layers,
      workload,
      microBatches,
    }) => {
      const most = Math.log2(perStage);
      const tp = 2 ** Math.min(tpExponent, most);
      const cp = 2 ** Math.min(cpExponent, most - Math.log2(tp));
      const etp = 2 ** Math.min(etpExponent, most);
      const ep = 2 ** Math.min(epExponent, most - Math.log2(etp));
      const moe = layer('moe', gqa(16, 8, 64), experts(8, 2, 1024, shared ? { shared: 1, sharedFfn: 1024 } : {}));
      const of = denseFirst
        ? model(
            1024,
            [layer('dense', gqa(16, 8, 64), dense(4096)), moe],
            [0, ...new Array<number>(layers - 1).fill(1)],
            {
              vocabulary: 32_000,
            },
          )
        : model(1024, [moe], new Array<number>(layers).fill(0));
      const gpus = range(0, perStage * pp);
      const parallel = { tp, cp, etp, ep, pp, microBatches };
      return deployment(
        of,
        cluster(2),
        workloads[workload] ?? { kind: 'batch', name: 'batch', sequences: 64, length: 512 },
        [pool(of, gpus, { parallel })],
      );
    },
  );
