/** Searches that are small enough to be tried plan by plan. Each states every value. */
export const SPACES: Readonly<Record<string, string>> = {
  'one pool, degrees and loads': `
cluster c { node = DGX-H200, count = 2 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }
deployment d { model = Qwen3-30B-A3B, cluster = c, workload = w, parallel { tp = 2 }, engine { name = vllm } }
search s {
  base = d
  vary {
    gpus = [4, 8], tp = [1, 2, 3, 4, 8], dp = [1, 2, 4], ep = [1, 8]
    concurrency = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
  }
}`,
  'one pool, settings under bounds': `
cluster c { node = DGX-H200, count = 2 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }
deployment d { model = DeepSeek-V3, cluster = c, workload = w, parallel { tp = 8 }, engine { name = sglang } }
search s {
  base = d
  objective = [throughput, ttft]
  vary {
    gpus = [8, 16], replicas = [1, 2], tp = [8, 4], dp = [1, 2], ep = [1, 8]
    all-to-all = [nccl, deepep], two-batch-overlap = [false, true], concurrency = [16, 64, 256, 1024, 4096]
  }
  require { tpot <= 60 ms }
}`,
  'two pools': `
cluster c { node = DGX-H200, count = 4 }
workload w { input = 4_000 tokens, output = 500 tokens, concurrency = 256 }
deployment d {
  model = Qwen3-235B-A22B, cluster = c, workload = w
  engine { name = sglang }
  pool prefill { gpus = 0..7, parallel { tp = 8 } }
  pool decode { gpus = 8..15, parallel { tp = 8 } }
  prefill -> decode
}
search s {
  base = d
  vary prefill { gpus = [4, 8], tp = [2, 4, 8], dp = [1, 2, 4] }
  vary decode { gpus = [8, 16], tp = [2, 4, 8], dp = [1, 2, 4], ep = [1, 8, 16], kv = [bf16, fp8] }
  vary { concurrency = [32, 256] }
}`,
  training: `
cluster c { node = DGX-H100, count = 4 }
workload w { length = 4096 tokens, global-batch = 64 }
deployment d { model = Qwen3-30B-A3B, cluster = c, workload = w, parallel { tp = 1, recompute = full, zero = 1, micro-batches = 2 }, engine { name = megatron } }
search s {
  base = d
  vary {
    tp = [1, 2], pp = [1, 2, 4], vpp = [1, 5], ep = [1, 8], etp = [1, 2], recompute = [none, full]
    micro-batch = [1, 3]
  }
}`,
  machines: `
cluster c { node = DGX-H200, count = 1 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }
deployment d { model = gpt-oss-120b, cluster = c, workload = w, parallel { tp = 8 }, engine { name = vllm } }
search s {
  base = d
  objective = gpus-used
  vary { node = [DGX-H200, DGX-B200], gpus = [1, 2, 4, 8], tp = [1, 2, 4, 8], concurrency = [16, 128] }
  require { throughput >= 1000 tokens/s }
}`,
  'from a base with an error, under a bound on a sum': `
cluster c { node = DGX-H200, count = 4 }
workload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }
deployment d { model = DeepSeek-V3, cluster = c, workload = w, parallel { tp = 8 }, engine { name = sglang } }
search s {
  base = d
  objective = throughput
  vary { gpus = [8, 16, 32], tp = [8, 16], dp = [1, 2, 4], ep = [1, 8], replicas = [1, 2, 4], concurrency = [64, 32, 16] }
  require { throughput <= 2_500 tokens/s }
}`,
};
