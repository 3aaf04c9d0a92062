/** DeepSeek-V3 trained on 1,024 GPUs: many stages, many micro-batches, groups over nodes and racks. */
export function largeTraining(schedule: string): string {
  return `workload learn { mode = training, global-batch = 3840, micro-batch = 1, length = 4096 tokens }
cluster racks { node = H800x8, count = 128, oversubscription = 2, rack = 4 }
deployment large {
  model = DeepSeek-V3, cluster = racks, workload = learn
  engine { name = megatron }
  parallel { pp = 16, ep = 64, ${schedule} }
}
`;
}
