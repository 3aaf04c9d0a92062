import { LAUNCH_FORMS } from './forms/index.ts';
import type { Known } from './known.ts';
import type { LaunchFile, ReadBeside } from './launch.ts';
import { type LaunchedPlan, planOf } from './plan.ts';

/** A file that holds more is no launch, and none that is read. */
const MOST_CHARACTERS = 2_000_000;

/**
 * Reads a file that launches an engine as a plan. Undefined where it launches none that moeplan knows. Nothing is executed;
 * `beside` reads the files that it names.
 */
export function readLaunch(file: LaunchFile, known: Known, beside: ReadBeside): LaunchedPlan | undefined {
  if (file.text.length > MOST_CHARACTERS || !mayLaunch(file.text)) return undefined;
  for (const form of LAUNCH_FORMS) {
    const launches = form.read(file, beside);
    if (launches.length > 0) return planOf(launches, file, known);
  }
  return undefined;
}

/** Words without which no form finds anything, so that other scripts and YAML files cost nothing. */
const WORDS =
  /vllm|sglang|trtllm|tensorrt|megatron|pretrain_\w+\.py|parallel[-_]size|kv_cache_config|enable_attention_dp|mem-fraction-static|gpu-memory-utilization/;

export function mayLaunch(text: string): boolean {
  return WORDS.test(text);
}
