import type { EngineConstants } from '../engines/constants.ts';
import { engineProfile } from '../engines/index.ts';
import type { EngineKernels } from '../engines/profile.ts';
import { Memo } from '../language/memo.ts';
import { type Cluster, type Gpu, placeOf } from '../plan/cluster.ts';
import type { EngineName } from '../plan/deployment.ts';
import type { NumberType } from '../plan/model.ts';
import type { AttentionConstants } from './constants/attention.ts';
import { attentionConstants } from './constants/attention.ts';
import type { CollectiveConstants } from './constants/collectives.ts';
import { collectiveConstants } from './constants/collectives.ts';
import type { Family } from './constants/family.ts';
import { familyOf } from './constants/family.ts';
import type { Precision } from './constants/gemm.ts';
import { hostTime, replayGap } from './constants/host.ts';

/** A GPU with the constants that hold for it under one engine. */
export interface Hardware {
  readonly gpu: Gpu;
  readonly family: Family;
  readonly engineName: EngineName;
  readonly engine: EngineConstants;
  readonly kernels: EngineKernels;
  readonly attention: AttentionConstants;
  readonly collectives: CollectiveConstants;
  /** Time of the host's work relative to the machines that engines are fitted on. */
  readonly hostTime: number;
  /** Seconds between kernels that are replayed from a graph, where kernels' own times do not hold them. */
  readonly replayGap: number;
}

const hardwareOfGpus = new Memo<Gpu, Map<EngineName, Hardware>>();

/** Returns the same object for the same GPU and engine, because a search asks for it with every candidate. */
export function hardwareOf(gpu: Gpu, engineName: EngineName): Hardware {
  const ofGpu = hardwareOfGpus.get(gpu) ?? new Map<EngineName, Hardware>();
  const hardware = ofGpu.get(engineName) ?? newHardware(gpu, engineName);
  ofGpu.set(engineName, hardware);
  hardwareOfGpus.set(gpu, ofGpu);
  return hardware;
}

function newHardware(gpu: Gpu, engineName: EngineName): Hardware {
  const family = familyOf(gpu);
  const { constants, kernels } = engineProfile(engineName);
  return {
    gpu,
    family,
    engineName,
    engine: constants,
    kernels,
    attention: attentionConstants(family, kernels.attention),
    collectives: collectiveConstants(family),
    hostTime: hostTime(gpu),
    replayGap: replayGap(gpu),
  };
}

/** The GPU of a stage for which every step waits: the one with the least bf16 peak. */
export function slowestGpu(cluster: Cluster, gpus: readonly number[]): Gpu | undefined {
  let slowest: Gpu | undefined;
  for (const index of gpus) {
    const { gpu } = placeOf(cluster, index).group.node;
    if (!slowest || gpu.peak.bf16 < slowest.peak.bf16) slowest = gpu;
  }
  return slowest;
}

/** The arithmetic in which weights of a type are used. A type for which the GPU has no units is widened to 16 bits. */
export function precisionOf(gpu: Gpu, type: NumberType): Precision {
  switch (type) {
    case 'fp32':
    case 'bf16':
    case 'fp16':
      return 'bf16';
    case 'fp8':
    case 'fp8-channel':
      return gpu.peak.fp8 === undefined ? 'weight-only' : 'fp8';
    // Units that scale groups of 32 came with those of four bits (Blackwell, CDNA 4).
    case 'mxfp8':
      return gpu.peak.fp4 === undefined ? 'weight-only' : 'fp8';
    case 'fp8-block':
      return gpu.peak.fp8 === undefined ? 'weight-only' : 'fp8-block';
    case 'int8':
      return gpu.peak.int8 === undefined ? 'weight-only' : 'fp8';
    case 'mxfp4':
    case 'nvfp4':
      return gpu.peak.fp4 === undefined ? 'weight-only' : 'fp4';
    case 'int4':
    case 'int4-64':
    case 'int4-128':
      return 'weight-only';
  }
}

/** Peak FLOP/s of matrix products on weights of a type. */
export function peakOf(gpu: Gpu, type: NumberType): number {
  if (type === 'fp32') return gpu.peak.fp32 ?? gpu.peak.bf16 / 2;
  switch (precisionOf(gpu, type)) {
    case 'fp4':
      return gpu.peak.fp4 ?? gpu.peak.bf16;
    case 'fp8':
      return (type === 'int8' ? gpu.peak.int8 : gpu.peak.fp8) ?? gpu.peak.bf16;
    case 'fp8-block':
      return gpu.peak.fp8 ?? gpu.peak.bf16;
    default:
      return gpu.peak.bf16;
  }
}
