import type { GpuLoad } from '../memory.ts';
import { isBefore } from '../version.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

type Captured = Pick<GpuLoad, 'engine' | 'model' | 'sharesLayers' | 'scaleUpBandwidth'>;

/** Bytes per second below which the ranks of a node exchange over PCIe, and with NCCL alone. */
export const SLOWEST_NVLINK = 100e9;

/** What captured graphs hold before 0.21: any, and each size of a layer. 0.4 to 1 GiB in start-up logs of single GPUs. */
const HELD = { base: 0.2 * GIB, perLayer: 0.17 * MIB };

/** A first graph, which takes what all others share. */
const FIRST = 0.1 * GIB;

/**
 * Growth with each further graph of a layer, in MiB, as vLLM's profiling counts it: once over the GPU alone, twice and more where
 * the layer's all-reduces are captured, by vLLM's own kernels over NVLink, by NCCL over PCIe and networks. By the estimates that
 * start-up logs print (0.19 to 0.29): 0.8 to 1.1 GiB on single GPUs, 0.2 for few sizes on four H100, 4.8 to 6.8 on cards of PCIe.
 */
const FULL_GRAPH = { alone: 0.1, nvlink: 0.25, pcie: 0.75 };

/** A step in pieces has a graph between any two layers' attention, which takes that much more than one graph of all. */
const PIECES = 1.76;

/**
 * Bytes of CUDA graphs: the estimate that is taken off the cache since 0.21, before it what they hold.
 *
 * The estimate (`profile_cudagraph_memory` in v1/worker/gpu_model_runner.py) captures two graphs of each kind and counts the growth
 * of the second for all others, though most of it is shared; so it is several times what graphs come to hold.
 */
export function graphBytes(load: Captured): number {
  const { engine, model, sharesLayers, scaleUpBandwidth } = load;
  const layers = model.layers.length;
  const sizes = captureSizes(engine.graphBatch);
  if (isBefore(engine.version, '0.21')) return HELD.base + HELD.perLayer * layers * sizes;
  const decoded = (engine.maxRequests ?? engine.graphBatch) * (1 + engine.speculativeTokens);
  const full = captureSizes(Math.min(engine.graphBatch, decoded));
  const links = scaleUpBandwidth < SLOWEST_NVLINK ? 'pcie' : 'nvlink';
  const perLayer = FULL_GRAPH[sharesLayers ? links : 'alone'] * MIB;
  return FIRST + perLayer * layers * (PIECES * sizes + full);
}

/** Numbers of tokens up to `most` for which graphs are captured: 1, 2, 4, every 8 up to 256, every 16 above (`_set_cudagraph_sizes`). */
function captureSizes(most: number): number {
  const small = [1, 2, 4].filter((size) => size <= most).length;
  return small + Math.floor(Math.min(most, 256) / 8) + Math.floor(Math.max(0, most - 256) / 16);
}
