/** Words without which nothing launches an engine, so that other scripts and YAML files cost nothing. */
const WORDS =
  /vllm|sglang|trtllm|tensorrt|megatron|pretrain_\w+\.py|parallel[-_]size|kv_cache_config|enable_attention_dp|mem-fraction-static|gpu-memory-utilization/;

/** A file that holds more characters is no launch, and none that is read. */
const MOST_CHARACTERS = 2_000_000;

/** Whether a text may launch an engine. It costs next to nothing to ask. */
export function mayLaunch(text: string): boolean {
  return text.length <= MOST_CHARACTERS && WORDS.test(text);
}

/** Whether a text may call another script, which launches an engine. */
export function mayCall(text: string): boolean {
  return text.length <= MOST_CHARACTERS && /[\w-]\.(?:ba)?sh\b/.test(text);
}
