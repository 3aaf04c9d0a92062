import { ENGINE_NAMES, type EngineName } from '../language/vocabulary/engine.ts';
import { ideal } from './ideal/index.ts';
import { megatron, megatronBridge } from './megatron/index.ts';
import type { EngineProfile, EngineTask } from './profile.ts';
import { sglang } from './sglang/index.ts';
import { torchtitan } from './torchtitan/index.ts';
import { trtLlm } from './trt-llm/index.ts';
import { vllm } from './vllm/index.ts';

const PROFILES: Readonly<Record<EngineName, EngineProfile>> = {
  ideal,
  vllm,
  sglang,
  'trt-llm': trtLlm,
  megatron,
  'megatron-bridge': megatronBridge,
  torchtitan,
};

/** The profile of an engine. The same engine always gives the same object. */
export function engineProfile(engine: EngineName): EngineProfile {
  return PROFILES[engine];
}

/** Engines that serve, or engines that train. The ideal engine does both. */
export function enginesFor(task: EngineTask): readonly EngineName[] {
  return ENGINE_NAMES.filter((name) => PROFILES[name].tasks.includes(task));
}
