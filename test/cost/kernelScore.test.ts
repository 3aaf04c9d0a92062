import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benchmarkLoad } from '../../scripts/accuracy/kernels/expertLoad.ts';
import { scoreKernels } from '../../scripts/accuracy/kernels.ts';
import { errorOf, type ScoredRow } from '../../scripts/accuracy/rows.ts';

/** Rows as the tables have them, and rows as no table should have them. */
const FILES: Readonly<Record<string, string>> = {
  'gemm.csv': `op,gpu,dtype,m,n,k,latency_us,tflops,kernel
gemm,H200,bfloat16,128,7168,2048,10.935,,TRT-LLM torch flow
gemm,H20,"fp8 block (DeepGEMM), bf16 out",16,6144,2048,,37.88,DeepGEMM
gemm,Abacus 9000,bf16,1,1,1,1,,vLLM
gemm,H100,base-3,128,128,128,1,,vLLM
gemm,H100,bf16,0,128,128,1,,vLLM
gemm,H100,bf16,,,,7,,vLLM
gemm,H100,bf16,128,128,128,zero,,vLLM
gemm,,,,,,,,`,
  'moe.csv': `op,gpu,dtype,tokens,hidden,inter,experts,topk,ep,tp,distribution,latency_us,kernel,local_experts,tokens_per_expert
moe_layer_local,H200,bfloat16,4096,2048,768,128,8,8,1,balanced,133.589,moe_torch_flow_cutlass,,
moe_layer_local,H200,bfloat16,4096,2048,768,128,8,8,1,power_law_1.2,219.872,moe_torch_flow_cutlass,,
moe_layer_local,H200,bfloat16,4096,2048,768,128,8,7,1,balanced,100,moe_torch_flow_cutlass,,
moe_layer_local,H200,bfloat16,4096,2048,768,4,8,1,1,balanced,100,moe_torch_flow_cutlass,,
moe_layer_local,H200,bfloat16,4096,2048,768,128,8,8,1,gaussian,100,moe_torch_flow_cutlass,,
grouped_gemm_up,H800,fp8 block,,7168,2048,,,,,,92.143,DeepGEMM grouped,8,16
grouped_gemm_up,H800,fp8 block,,7168,2048,,,,,,92.143,DeepGEMM grouped,,`,
  'attention.csv': `op,gpu,dtype,batch,heads,kv_heads,head_dim,kv_len,isl,latency_us,kernel,note
gqa_prefill,H200,bfloat16/kv bfloat16,4,32,8,128,4096,,1198.651,TRT-LLM,
mla_decode,H200,bfloat16/kv fp8,512,128,,,32768,1,6277.829,TRT-LLM,
mla_decode,H800,bf16,,,,,,,,FlashMLA,peak
gqa_decode,H200,bfloat16/kv fp8,-1,32,8,128,0,,5,TRT-LLM,
gdn_conv,H20,bf16,,,,,,,29,sglang gdn,`,
  'collectives.csv': `op,gpu,num_gpus,num_nodes,bytes,latency_us,gb_per_s,bw_kind,kernel
all_reduce,H100,8,1,16777216,,291.8,busbw,NCCL
all_reduce,H100,8,1,sweep max,,480,busbw (NVLS),NCCL
all_reduce,H100,3,2,1024,5,,,NCCL
all_reduce,H100,0,1,1024,5,,,NCCL
broadcast,H100,8,1,1024,5,,,NCCL
all_gather,type not stated,8,1,1024,5,,,NCCL
all_gather,GB200,4,-1,1024,61,,,NCCL
all_gather,GB200,4,1`,
  'expert_parallel.csv': `op,gpu,num_gpus,num_nodes,dtype,tokens,hidden,topk,experts,ep,latency_us,gb_per_s,bw_kind,kernel,sms
ep_dispatch,H100,32,4,fp8,128,7168,8,256,32,142.97,,,DeepEP low-latency,
ep_combine,H100,16,2,bf16,4096,7168,8,256,16,2150,,,DeepEP normal,20
ep_dispatch,H800,16,2,fp8,4096,7168,8,256,16,,43,bottleneck RDMA,DeepEP V1 normal,
ep_combine,H100,64,8,bf16,4096,7168,8,256,64,12509,,,DeepEP normal,20
ep_dispatch,GB200,64,,,,,,,64,675,,,HybridEP,
ep_dispatch,H100,7,2,fp8,128,7168,8,256,7,10,,,DeepEP low-latency,
ep_dispatch,H100,8,1,fp8,128,7168,9,8,8,10,,,DeepEP low-latency,`,
};

let folder = '';
let rows: readonly ScoredRow[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  mkdirSync(join(folder, 'kernels'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, 'kernels', name), `${text}\n`);
  rows = scoreKernels(folder) ?? [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = (id: string) => rows.find((each) => each.id.startsWith(`${id} `));

describe('the score of kernels', () => {
  test('every row is answered once, by a number or by a reason', () => {
    const written = Object.values(FILES).reduce((sum, text) => sum + text.trim().split('\n').length - 1, 0);
    expect(rows.length).toBe(written);
    for (const each of rows) {
      expect(errorOf(each) !== undefined || each.reason !== undefined, each.id).toBe(true);
      if (each.predicted !== undefined) expect(each.predicted, each.id).toBeGreaterThan(0);
    }
  });

  test('what a table says in its own way is predicted within a quarter', () => {
    const known = [
      'gemm.csv:2',
      'gemm.csv:3',
      'moe.csv:2',
      'moe.csv:3',
      'moe.csv:7',
      'attention.csv:2',
      'attention.csv:3',
    ];
    const exchanges = ['collectives.csv:2', 'expert_parallel.csv:2', 'expert_parallel.csv:3', 'expert_parallel.csv:4'];
    for (const id of [...known, ...exchanges]) {
      expect(row(id)?.headline, id).toBe(true);
      expect(Math.abs(errorOf(row(id) ?? rows[0] ?? never()) ?? Number.NaN), id).toBeLessThan(0.25);
    }
  });

  test('a known kernel on an unknown GPU counts as not covered', () => {
    expect(row('gemm.csv:4')).toMatchObject({ headline: true, reason: 'GPU Abacus 9000 is not in the catalogue' });
  });

  test('congested, peak and shapeless rows are no headlines', () => {
    for (const id of [
      'expert_parallel.csv:5',
      'collectives.csv:3',
      'gemm.csv:7',
      'attention.csv:4',
      'attention.csv:6',
    ]) {
      expect(row(id)?.headline, id).toBe(false);
      expect(row(id)?.reason, id).toBeTruthy();
    }
  });

  test('a row that no reader can take is named, and left out', () => {
    const reasons = ['collectives.csv:8', 'collectives.csv:9'].map((id) => row(id)?.reason);
    expect(reasons).toEqual(['a stage without GPUs has no links', 'the row has 4 cells, the header 9 cells']);
    for (const id of ['collectives.csv:8', 'collectives.csv:9']) expect(row(id)?.headline).toBe(false);
  });

  test('a folder without tables has no score', () => {
    expect(scoreKernels(join(folder, 'kernels'))).toBeUndefined();
  });
});

function never(): never {
  throw new Error('no rows at all');
}

describe("load of the benchmark's measured rank", () => {
  test('balanced: every rank its part, and one token wakes one expert of the first rank', () => {
    expect(benchmarkLoad('balanced', 4096, 128, 8, 8)).toEqual({ assignments: 4096, active: 16 });
    expect(benchmarkLoad('balanced', 1, 128, 8, 16)).toEqual({ assignments: 1, active: 1 });
  });

  // A Monte Carlo of aiconfigurator's generator: fullest over mean rank of 256 experts, 8 chosen, 8,192 tokens, EP 8 and 32.
  test('power law: the fullest of 8 ranks has 1.77, of 32 ranks 3.71 times its part', () => {
    for (const [ep, factor] of [
      [8, 1.77],
      [32, 3.71],
    ] as const) {
      const load = benchmarkLoad('power_law_1.2', 8192, 256, 8, ep);
      expect(Math.abs((load?.assignments ?? 0) / ((8192 * 8) / ep) / factor - 1)).toBeLessThan(0.1);
    }
  });

  test('an expert meets no token twice', () => {
    expect(benchmarkLoad('power_law_1.2', 64, 8, 6, 8)?.assignments).toBeLessThanOrEqual(64);
  });
});
