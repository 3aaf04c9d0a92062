import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoreDeployments } from '../../scripts/accuracy/deployments.ts';
import type { ScoredRow } from '../../scripts/accuracy/rows.ts';
import { scoreServing } from '../../scripts/accuracy/serving.ts';

const SERVING = `id,trust,model,gpu,num_gpus,engine,engine_version,mode,weights_dtype,moe_dtype,kv_dtype,attn_tp,attn_dp,pp,moe_tp,moe_ep,prefill,decode,input_len,output_len,mean_length_ratio,concurrency,ttft_ms,tpot_ms
dense,B,meta-llama/Llama-3.1-70B,B200,4,trtllm,1,aggregated,nvfp4,,,4,1,1,,,,,1024,8192,0.9,16,73,7.42
sparse,A,Qwen/Qwen3-235B-A22B-FP8,H100,8,trtllm,1,aggregated,fp8_block,fp8_block,,8,1,1,1,8,,,512,512,1.0,32,221,18.4
ranks,C,deepseek-ai/DeepSeek-V3,B200,8,trtllm,1,aggregated,nvfp4,nvfp4,,1,8,1,1,8,,,1024,1024,0.9,128,798,21.3
apart,mtp?,deepseek-ai/DeepSeek-V3,GB200,40,trtllm,1,PD disaggregated,fp8,fp8,,,,,,,"{""workers"": 1, ""attn_tp"": 1, ""attn_dp"": 8, ""moe_tp"": 1, ""moe_ep"": 8, ""pp"": 1}","{""workers"": 1, ""attn_tp"": 1, ""attn_dp"": 32, ""moe_tp"": 1, ""moe_ep"": 32, ""pp"": 1}",1024,8192,0.9,2048,1877,24.5
config,A,someone/Tiny-Chat-FP8,H200,1,vllm,1,aggregated,bf16?,,,1,1,1,,,,,1024,128,1.0,8,50,3
one-figure,A,meta-llama/Llama-3.1-8B-Instruct,L40S,1,vllm,1,aggregated,bf16,,,1,1,1,,,,,1024,128,1.0,8,,40
no-model,A,nobody/Nothing-7B,H100,1,vllm,1,aggregated,bf16,,,1,1,1,,,,,1024,128,1.0,8,50,10
no-gpu,A,meta-llama/Llama-3.1-8B,Abacus,1,vllm,1,aggregated,bf16,,,1,1,1,,,,,1024,128,1.0,8,50,10
no-engine,A,meta-llama/Llama-3.1-8B,H100,1,llama.cpp,1,aggregated,bf16,,,1,1,1,,,,,1024,128,1.0,8,50,10
no-type,A,meta-llama/Llama-3.1-8B,H100,1,vllm,1,aggregated,base-3,,,1,1,1,,,,,1024,128,1.0,8,50,10
no-load,A,meta-llama/Llama-3.1-8B,H100,1,vllm,1,aggregated,bf16,,,1,1,1,,,,,1024,128,1.0,,50,10
no-length,A,meta-llama/Llama-3.1-8B,H100,1,vllm,1,aggregated,bf16,,,1,1,1,,,,,,128,1.0,8,50,10
bad-workers,disagg,meta-llama/Llama-3.1-8B,H100,2,vllm,1,PD disaggregated,bf16,,,,,,,,not json,not json,1024,128,1.0,8,50,10
zero-degree,A,meta-llama/Llama-3.1-8B,H100,1,vllm,1,aggregated,bf16,,,0,1,1,,,,,1024,128,1.0,8,50,10
empty,,,,,,,,,,,,,,,,,,,,,,,
`;

const DEPLOYMENTS = `id,model,gpu,num_gpus,weights_dtype,moe_dtype,attn_kv_dtype,mode,phase,attn_tp,attn_dp,pp,cp,moe_tp,moe_ep,dense_ffn,input_len,output_len,batch_per_gpu,concurrency,tokens_per_gpu_batch,engine,overlap,mtp,moe_balance,output_tps_per_gpu,input_tps_per_gpu,total_tps_per_gpu,notes
full,Llama-3.3-70B,H100,2,FP8,,,aggregated,end-to-end max throughput,2,1,1,,,,,1000,2000,,,,TensorRT-LLM,,,,2073,,,limited by KV memory
prefill,DeepSeek-V3/R1,H100,32,FP8 block,FP8,BF16,PD disaggregated,prefill,1,32,,,1,32,,4096,,,,16384,SGLang,TBO on; DeepEP normal,,32 redundant experts,,7417,,
decode,DeepSeek-V3,H800,128,FP8 block,FP8,BF16,PD disaggregated,decode,1,128,,,1,128,,4096,,128,,,DeepSeek (profile trace),two micro-batches,,,2325,,,
drafts,DeepSeek-R1,B200,8,NVFP4,NVFP4,,aggregated,end-to-end,8,1,,,8,1,,1024,2048,,1,,TensorRT-LLM,,MTP-3,,34,,,
no-load,DeepSeek-R1,B200,8,NVFP4,NVFP4,,aggregated,mixed,8,1,,,8,1,,1024,2048,,,,vLLM,,,,34,,,
no-length,DeepSeek-R1,B200,8,NVFP4,NVFP4,,aggregated,prefill,8,1,,,8,1,,,,,,,vLLM,,,,,34,,
no-figure,DeepSeek-R1,B200,8,NVFP4,NVFP4,,aggregated,prefill,8,1,,,8,1,,,,,,,vLLM,,,,,,,
`;

const TINY = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 1024,
  intermediate_size: 2048,
  num_attention_heads: 8,
  num_hidden_layers: 4,
  num_key_value_heads: 2,
  vocab_size: 32000,
  torch_dtype: 'bfloat16',
};

let folder: string;
let serving: readonly ScoredRow[];
let deployments: readonly ScoredRow[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-score-'));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'models', 'Tiny.json'), JSON.stringify(TINY));
  writeFileSync(join(folder, 'serving.csv'), SERVING);
  writeFileSync(join(folder, 'deployments.csv'), DEPLOYMENTS);
  serving = scoreServing(folder) ?? [];
  deployments = scoreDeployments(folder) ?? [];
});

afterAll(() => rmSync(folder, { recursive: true }));

function reasonOf(rows: readonly ScoredRow[], id: string): string | undefined {
  return rows.find((row) => row.id === id)?.reason;
}

describe('published serving measurements', () => {
  test.each(['dense', 'sparse', 'ranks', 'apart', 'config'])('%s: both figures are predicted', (id) => {
    const rows = serving.filter((row) => row.id === id);
    expect(rows.map(({ metric }) => metric)).toEqual(['ttft', 'tpot']);
    for (const { predicted } of rows) expect(predicted).toBeGreaterThan(0);
  });

  test.each([
    ['dense', 0.15],
    ['sparse', 0.2],
  ])('%s: the time per token is right', (id, tolerance) => {
    const row = serving.find((each) => each.id === id && each.metric === 'tpot');
    expect(Math.abs((row?.predicted ?? 0) / (row?.measured ?? 1) - 1)).toBeLessThan(tolerance);
  });

  test('only trusted rows are the headline', () => {
    const headline = (id: string) => serving.find((row) => row.id === id)?.headline;
    expect(['dense', 'sparse', 'ranks', 'apart', 'bad-workers'].map(headline)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('a figure that was not measured is no row', () => {
    expect(serving.filter(({ id }) => id === 'one-figure').map(({ metric }) => metric)).toEqual(['tpot']);
  });

  test('a row without any figure is not covered', () => {
    expect(serving.filter(({ id }) => id === 'empty').map(({ reason }) => reason)).toEqual([
      'the row has no measured figure',
    ]);
  });

  test.each([
    ['no-model', 'model nobody/Nothing-7B is neither in the catalogue nor among the configs'],
    ['no-gpu', 'GPU Abacus is not in the catalogue'],
    ['no-engine', 'engine llama.cpp is not known'],
    ['no-type', 'number type base-3 is not known'],
    ['no-load', 'the row has no concurrency'],
    ['no-length', 'the row has no input or output length'],
    ['bad-workers', 'the prefill workers are not readable'],
    ['zero-degree', 'attn_tp = 0 is no degree'],
  ])('%s: not covered, and why', (id, reason) => {
    expect(reasonOf(serving, id)).toContain(reason);
  });
});

describe('published deployments', () => {
  test.each([
    ['full', 0.25],
    ['prefill', 0.25],
    ['decode', 0.25],
  ])('%s: the throughput of one GPU is right', (id, tolerance) => {
    const row = deployments.find((each) => each.id === id);
    expect(Math.abs((row?.predicted ?? 0) / (row?.measured ?? 1) - 1)).toBeLessThan(tolerance);
  });

  test.each([
    ['drafts', 'the acceptance of speculative tokens is not stated'],
    ['no-load', 'the row has neither a batch nor a concurrency'],
    ['no-length', 'the row has no input length'],
    ['no-figure', 'the row has no input length'],
  ])('%s: not covered, and why', (id, reason) => {
    expect(reasonOf(deployments, id)).toBe(reason);
  });

  test('a folder without the files has no rows', () => {
    expect(scoreServing(join(folder, 'models'))).toBeUndefined();
    expect(scoreDeployments(join(folder, 'models'))).toBeUndefined();
  });
});
