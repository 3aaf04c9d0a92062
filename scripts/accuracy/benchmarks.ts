import { type CsvRow, number, text } from './csv.ts';

/** Requests that a published run sends for each that it keeps in flight. */
const ROUNDS = 10;
/** Prompts that AIPerf and GenAI-Perf draw from unless told otherwise (`--num-dataset-entries`). */
const UNIQUE_PROMPTS = 100;

/**
 * What a row's source does not record of its benchmark, as properties of a workload. Inferred from the lengths, which tell
 * the sources apart, and held against their rows as a whole; no figure of a row decides it.
 *
 * - A mean of 0.9 is InferenceMAX: lengths even in 0.8 to 1 of the nominal, no prefix cache.
 * - Decimal lengths are AIPerf: outputs are not forced to one length, so requests do not stay in step; prompts come from
 *   100, and vLLM and TensorRT-LLM find those read before in their prefix cache, which is on unless turned off. SGLang's
 *   runs of that source read every prompt, and their first tokens wait as those of requests do that are nearly in step: the
 *   more, the shorter the outputs (half of all prompts at 100 tokens, a twentieth at 1,000). TensorRT-LLM does not reuse blocks of models with a window.
 * - All others force equal lengths and send each prompt once.
 */
export function benchmarkOf(row: CsvRow, engine: string, concurrency: number): readonly string[] {
  const properties = [`requests = ${ROUNDS * concurrency}`];
  if ((number(row, 'mean_length_ratio') ?? 1) !== 1) return [...properties, 'length-spread = 11%'];
  if (!isDecimal(row)) return [...properties, 'length-spread = 0%'];
  if (engine === 'sglang') return [...properties, 'length-spread = 2.5%'];
  const isWindowed = /gpt-oss|gemma/i.test(text(row, 'model'));
  const reuses = engine === 'vllm' || (engine === 'trt-llm' && !isWindowed);
  const known = Math.max(0, 1 - UNIQUE_PROMPTS / (ROUNDS * concurrency));
  return reuses && known > 0 ? [...properties, `prefix-share = ${Math.round(100 * known)}%`] : properties;
}

function isDecimal(row: CsvRow): boolean {
  const input = number(row, 'input_len') ?? 0;
  const output = number(row, 'output_len') ?? 0;
  return input % 500 === 0 && output % 100 === 0;
}
