/** DeepSeek-R1 in two pools: prefill on 4 nodes, decode on 9. Lengths and load are assumptions. */
export const TWO_POOLS = `cluster h100 { node = DGX-H100, count = 13 }
workload chat { input = 2_000 tokens, output = 1_000 tokens, concurrency = 2_048 }
deployment deepseek-r1 {
  model = DeepSeek-R1, cluster = h100, workload = chat
  pool prefill {
    gpus = 0..31
    parallel { dp = 32, ep = 32 }
    engine { name = sglang, all-to-all = deepep-normal, two-batch-overlap = true, chunk = 16_384 tokens }
  }
  pool decode {
    gpus = 32..103, redundant-experts = 32
    parallel { dp = 72, ep = 72 }
    engine { name = sglang, all-to-all = deepep-low-latency, dispatch-tokens = 128 tokens, memory-fraction = 0.85 }
  }
  prefill -> decode
}
`;

/** Qwen3-235B-A22B in fp8 on one machine of eight H200. Lengths, load and claims are assumptions. */
export const ONE_MACHINE = `model qwen3-fp8 extends Qwen3-235B-A22B { weights = fp8-block }
cluster one { node = DGX-H200, count = 1 }
workload chat { input = 2_000 tokens, output = 500 tokens, concurrency = 256 }
deployment qwen3-235b {
  model = qwen3-fp8, cluster = one, workload = chat
  parallel { tp = 8, ep = 8 }
  engine { name = vllm }
  expect { ttft <= 1 s, tpot <= 60 ms }
}
`;

/** DeepSeek-V3 trained on 1,024 GPUs with every activation computed again, which is what makes it fit. */
export const LARGE_TRAINING = `workload learn { length = 4_096 tokens, global-batch = 3840, micro-batch = 1 }
cluster racks { node = H800x8, count = 128 }
deployment train-1024 {
  model = DeepSeek-V3, cluster = racks, workload = learn
  engine { name = megatron }
  parallel { pp = 16, ep = 64, schedule = 1f1b, recompute = full, layout = "Et*3|(tttt|)*14ttmL" }
}
`;
