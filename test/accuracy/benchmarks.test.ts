import { describe, expect, test } from 'vitest';
import { benchmarkOf } from '../../scripts/accuracy/benchmarks.ts';

const ROW = { model: 'Llama-3.1-8B', input_len: '4000', output_len: '1000', mean_length_ratio: '1.0' };

describe('what a source does not record of its benchmark', () => {
  test('AIPerf draws from 100 prompts: of 640 requests 84 % find theirs in the cache', () => {
    expect(benchmarkOf(ROW, 'vllm', 64)).toEqual(['requests = 640', 'prefix-share = 84%']);
    expect(benchmarkOf(ROW, 'trt-llm', 64)).toEqual(['requests = 640', 'prefix-share = 84%']);
  });

  test.each([
    ['TensorRT-LLM does not reuse blocks of models with a window', { ...ROW, model: 'gpt-oss-120b' }, 'trt-llm', 64],
    ['all prompts of a hundred requests differ', ROW, 'vllm', 10],
  ])('%s', (_, row, engine, concurrency) => {
    expect(benchmarkOf(row, engine, concurrency)).toEqual([`requests = ${10 * concurrency}`]);
  });

  test('SGLang reads every prompt, of requests that are nearly in step', () => {
    expect(benchmarkOf(ROW, 'sglang', 64)).toEqual(['requests = 640', 'length-spread = 2.5%']);
  });

  test('lengths in powers of two are equal, and those of InferenceMAX lie in 0.8 to 1 of the nominal', () => {
    const binary = { ...ROW, input_len: '1024', output_len: '512' };
    expect(benchmarkOf(binary, 'vllm', 64)).toEqual(['requests = 640', 'length-spread = 0%']);
    expect(benchmarkOf({ ...binary, mean_length_ratio: '0.9' }, 'vllm', 64)).toContain('length-spread = 11%');
  });
});
