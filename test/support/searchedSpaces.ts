/** Spaces of a size that people search, by the name of their `search`: DeepSeek-V3 over up to 512 H200, and trained on 2,048 H800. */
export const SEARCHED_SPACES = `
cluster h200 { node = DGX-H200, count = 64 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 2_048 }
deployment together {
  model = DeepSeek-V3, cluster = h200, workload = chat
  parallel { tp = 8 }, engine { name = sglang, dispatch-tokens = 256 tokens, max-requests = 8_192 }
}
deployment apart {
  model = DeepSeek-V3, cluster = h200, workload = chat
  engine { name = sglang, dispatch-tokens = 256 tokens, max-requests = 8_192 }
  pool prefill { gpus = 0..15, parallel { tp = 8 } }
  pool decode { gpus = 16..31, parallel { tp = 8 } }
  prefill -> decode
}
cluster h800 { node = H800x8, count = 256 }
workload pretrain { length = 4_096 tokens, global-batch = 15_360 }
deployment trained {
  model = DeepSeek-V3, cluster = h800, workload = pretrain
  parallel { tp = 1, pp = 16, ep = 64, zero = 1 }, engine { name = megatron }
}
search aggregated {
  base = together
  vary {
    gpus = all, replicas = all, tp = all, dp = all, ep = all, pp = [1, 2], concurrency = all
    all-to-all = all, two-batch-overlap = all, kv = [bf16, fp8]
  }
}
search disaggregated {
  base = apart
  vary { gpus = all, replicas = all, tp = all, dp = all, ep = all, all-to-all = all, two-batch-overlap = all }
}
search training {
  base = trained
  vary {
    tp = all, cp = [1, 2], dp = all, ep = all, etp = all, pp = all, vpp = all, recompute = all, zero = [0, 1]
    schedule = all, micro-batch = [1, 2, 4]
  }
}
`;
