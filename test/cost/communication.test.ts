import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allGather, allReduce, allToAll, pointToPoint } from '../../server/src/cost/collectives/collectives.ts';
import {
  groupLimitedDestinations,
  placedDestinations,
  uniqueDestinations,
} from '../../server/src/cost/collectives/destinations.ts';
import { combine, dispatch, type Exchange, transportOf } from '../../server/src/cost/collectives/expertParallel.ts';
import { placesOf, spreadOf } from '../../server/src/cost/collectives/spread.ts';
import { collectiveConstants } from '../../server/src/cost/constants/collectives.ts';
import { loadOf } from '../../server/src/cost/load.ts';
import { cluster, contiguousMap, experts, node, range } from '../support/deployments.ts';

describe('expected unique destinations', () => {
  // Monte Carlo of 256 experts, 8 chosen.
  for (const [ranks, expected] of [
    [8, 5.3],
    [16, 6.52],
    [32, 7.27],
    [64, 7.68],
  ] as const) {
    test(`${ranks} ranks`, () => expect(uniqueDestinations(256, 8, ranks)).toBeCloseTo(expected, 1));
  }

  // Monte Carlo of DeepSeek-V3's selection: the 4 of 8 groups with the largest sum of their two best experts.
  for (const [ranks, expected] of [
    [4, 3.12],
    [8, 3.95],
    [32, 6.84],
    [64, 7.48],
    [256, 8],
  ] as const) {
    test(`${ranks} ranks, limited to 4 of 8 groups`, () => {
      expect(Math.abs(groupLimitedDestinations(256, 8, ranks, 8, 4) / expected - 1)).toBeLessThan(0.015);
    });
  }

  test('one choice meets one rank, all choices meet all', () => {
    expect(uniqueDestinations(16, 1, 4)).toBeCloseTo(1);
    expect(uniqueDestinations(16, 16, 4)).toBeCloseTo(4);
    expect(groupLimitedDestinations(16, 4, 16, 4, 4)).toBeCloseTo(uniqueDestinations(16, 4, 16));
  });

  test('any placement: an expert on each of two ranks with even chances', () => {
    expect(placedDestinations([[0], [1]], () => 0.5)).toBeCloseTo(1);
  });
});

describe('load', () => {
  test('experts that any of the tokens chose: E (1 - (1 - k/E)^T)', () => {
    expect(loadOf(experts(256, 8, 2048), undefined, 1, 16).active).toBeCloseTo(256 * (1 - (1 - 8 / 256) ** 16));
  });

  test('sampling noise: 1.08 at 32 ranks and 1,024 choices each, less with more tokens', () => {
    const at = (tokens: number) => loadOf(experts(256, 8, 2048), undefined, 32, tokens).imbalance;
    expect(at(4096)).toBeCloseTo(1.081, 2);
    expect(at(1 << 20)).toBeLessThan(1.01);
  });

  test('a popular expert makes its rank the fullest', () => {
    const popular = experts(8, 1, 64, { popularity: { kind: 'counts', counts: [9, 1, 1, 1, 1, 1, 1, 1] } });
    const { fullest, mean } = loadOf(popular, contiguousMap(8, 8), 8, 1e6);
    expect(fullest / mean).toBeCloseTo((9 / 16) * 8, 1);
  });

  test('two copies of it halve that', () => {
    const popular = experts(2, 1, 64, { popularity: { kind: 'counts', counts: [2, 1] } });
    const load = loadOf(popular, { ranks: [[0], [0], [1]] }, 3, 1e9);
    expect(load.imbalance).toBeCloseTo(1, 2);
  });
});

describe('links', () => {
  const places = placesOf(cluster(2), range(0, 16));

  test('a group of neighbours stays in the node, one across spans both', () => {
    expect(spreadOf(places, 8, 1)).toMatchObject({ domains: 1, perDomain: 8, level: 'scale-up' });
    expect(spreadOf(places, 16, 1)).toMatchObject({ domains: 2, perDomain: 8, level: 'scale-out' });
    expect(spreadOf(places, 2, 8)).toMatchObject({ domains: 2, perDomain: 1, level: 'scale-out' });
  });

  test('the widest of several groups counts', () => {
    // Groups of 3: the third one lies over GPUs 6, 7 and 8.
    expect(spreadOf(places, 3, 1).domains).toBe(2);
  });

  test('a rack domain of 72 GPUs is one domain', () => {
    const rack = placesOf(cluster(18, node(undefined, { gpus: 4, domain: 72 })), range(0, 72));
    expect(spreadOf(rack, 64, 1).level).toBe('scale-up');
  });

  test('between racks the network is divided by its oversubscription', () => {
    const two = placesOf(cluster(4, node(), { nodesPerRack: 2, oversubscription: 4 }), range(0, 32));
    expect(spreadOf(two, 16, 1)).toMatchObject({ level: 'scale-out', scaleOut: 50e9 });
    expect(spreadOf(two, 32, 1)).toMatchObject({ level: 'rack', scaleOut: 12.5e9 });
  });

  test('on a mesh a part of the domain has a part of the links', () => {
    const mesh = placesOf(cluster(1, node(undefined, { topology: 'mesh', scaleUpBandwidth: 448e9 })), range(0, 8));
    expect(spreadOf(mesh, 2, 1).scaleUp).toBeCloseTo(64e9);
    expect(spreadOf(mesh, 8, 1).scaleUp).toBeCloseTo(448e9);
  });
});

describe('collectives', () => {
  const constants = collectiveConstants('hopper');
  const inside = spreadOf(placesOf(cluster(2), range(0, 16)), 8, 1);
  const across = spreadOf(placesOf(cluster(2), range(0, 16)), 16, 1);

  // Measured on 8 H100 or H200, aiconfigurator's custom all-reduce tables: vLLM 5.1-92 us, TensorRT-LLM 3.5-121 us.
  for (const [bytes, low, high] of [
    [8192, 3.5, 5.1],
    [2 ** 20, 15, 26],
    [2 ** 22, 31, 48],
    [2 ** 24, 92, 121],
  ] as const) {
    test(`all-reduce of ${bytes} bytes on 8 GPUs within a third of both engines`, () => {
      const microseconds = allReduce(inside, constants, bytes, true).seconds * 1e6;
      expect(microseconds).toBeGreaterThan(low * 0.67);
      expect(microseconds).toBeLessThan(high * 1.33);
    });
  }

  test('large all-reduces run near the link bandwidth', () => {
    const size = 4 * 2 ** 30;
    expect((2 * size * 7) / 8 / allReduce(inside, constants, size, false).seconds / 450e9).toBeGreaterThan(0.9);
  });

  test('across nodes everything is slower', () => {
    for (const collective of [allGather, allToAll]) {
      expect(collective(across, constants, 1e8).seconds).toBeGreaterThan(collective(inside, constants, 1e8).seconds);
    }
    expect(allReduce(across, constants, 1e8, true).seconds).toBeGreaterThan(
      allReduce(inside, constants, 1e8, true).seconds,
    );
  });

  test('half of an all-to-all over two nodes crosses the network', () => {
    const size = 1.31072e9;
    expect(allToAll(across, constants, size).seconds).toBeCloseTo(size / 2 / (0.85 * 50e9), 3);
  });

  test('a GPU alone communicates nothing', () => {
    const alone = spreadOf(placesOf(cluster(1), [0]), 1, 1);
    expect(allReduce(alone, constants, 1e9, true).seconds).toBe(0);
    expect(pointToPoint(alone, constants, 1e9).seconds).toBe(0);
  });
});

describe('expert-parallel exchange', () => {
  const hopper = collectiveConstants('hopper');
  const exchange = (gpus: number, tokens: number): Exchange => ({
    spread: spreadOf(placesOf(cluster(gpus / 8), range(0, gpus)), gpus, 1),
    constants: hopper,
    experts: experts(256, 8, 2048),
    ep: gpus,
    tokens,
    width: 7168,
    dispatchBytes: 1 + 4 / 128,
    combineBytes: 2,
    imbalance: 1,
  });

  // aiconfigurator's DeepEP sweeps on H100, 20 multiprocessors: GPUs, tokens, dispatch and combine in microseconds.
  for (const [transport, gpus, tokens, dispatched, combined] of [
    ['deepep-normal', 8, 4096, 491.24, 973],
    ['deepep-normal', 16, 4096, 893, 2150],
    ['deepep-normal', 32, 4096, 1860, 3634],
    ['deepep-normal', 16, 16, 61.4, 94.1],
    ['deepep-normal', 32, 16, 100, 127],
    ['deepep-low-latency', 8, 128, 39.83, 72.4],
    ['deepep-low-latency', 32, 128, 142.97, 263],
    ['deepep-low-latency', 64, 16, 45.73, 59.6],
  ] as const) {
    test(`${transport}, ${gpus} GPUs, ${tokens} tokens`, () => {
      const measured = exchange(gpus, tokens);
      expect(Math.abs((dispatch(transport, measured).seconds * 1e6) / dispatched - 1)).toBeLessThan(0.1);
      expect(Math.abs((combine(transport, measured).seconds * 1e6) / combined - 1)).toBeLessThan(0.1);
    });
  }

  // TensorRT-LLM's technical blog 18: one-sided exchange of 2,048 bf16 tokens on 8 and on 64 GPUs of a GB200 rack.
  for (const [gpus, dispatched, combined] of [
    [8, 311.8, 322.6],
    [64, 399.2, 372.1],
  ] as const) {
    test(`peer memory, ${gpus} GPUs of a rack`, () => {
      const rack = placesOf(
        cluster(18, node(undefined, { gpus: 4, domain: 72, scaleUpBandwidth: 900e9 })),
        range(0, 72),
      );
      const measured = { ...exchange(8, 2048), spread: spreadOf(rack, gpus, 1), ep: gpus, dispatchBytes: 2 };
      expect(Math.abs((dispatch('nvlink', measured).seconds * 1e6) / dispatched - 1)).toBeLessThan(0.1);
      expect(Math.abs((combine('nvlink', measured).seconds * 1e6) / combined - 1)).toBeLessThan(0.1);
    });
  }

  test('more tokens never travel faster, nor over a slower network', () => {
    const transport = fc.constantFrom('nccl', 'deepep-normal', 'deepep-low-latency', 'gather', 'nvlink');
    const gpus = fc.constantFrom(8, 16, 32);
    const some = fc.integer({ min: 1, max: 20000 });
    fc.assert(
      fc.property(transport, gpus, some, some, (kind, size, tokens, extra) => {
        const few = exchange(size, tokens);
        const slow = { ...few, spread: { ...few.spread, scaleOut: 25e9, scaleUp: 200e9 } };
        for (const way of [dispatch, combine]) {
          const { seconds } = way(kind, few);
          expect(way(kind, exchange(size, tokens + extra)).seconds).toBeGreaterThanOrEqual(seconds * (1 - 1e-9));
          expect(way(kind, slow).seconds).toBeGreaterThanOrEqual(seconds * (1 - 1e-9));
        }
      }),
    );
  });

  test('TensorRT-LLM left to the library exchanges through peer memory inside a Blackwell domain only', () => {
    const engine = { name: 'trt-llm', allToAll: 'nccl' } as const;
    expect(transportOf(engine, 'decode', 'blackwell', 1)).toBe('nvlink');
    expect(transportOf(engine, 'decode', 'blackwell', 2)).toBe('nccl');
    expect(transportOf(engine, 'decode', 'hopper', 1)).toBe('nccl');
    expect(transportOf({ ...engine, allToAll: 'gather' }, 'decode', 'blackwell', 1)).toBe('gather');
  });
});
