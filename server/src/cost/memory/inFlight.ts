import type { Pool } from '../../plan/deployment.ts';

/**
 * Micro-batches of a stage in flight at once, in whole micro-batches: min(m, p - i) for stage i of 1F1B and zero bubble; (2
 * (p - i - 1) + (v - 1) g + 1) / v for interleaved schedules, which send g micro-batches through one chunk after another; p
 * + 1 for DualPipe.
 */
export function microBatchesInFlight(pool: Pool, index: number, stages: number, m: number): number {
  const { schedule, vpp } = pool.parallel;
  if (schedule === 'dualpipe') return Math.min(m, stages + 1);
  if (schedule === 'interleaved' && vpp > 1) {
    return Math.min(m, ((stages - index - 1) * 2 + (vpp - 1) * groupSize(stages, m) + 1) / vpp);
  }
  return Math.min(m, stages - index);
}

/**
 * Micro-batches that an interleaved schedule sends through a chunk before it goes on to the next: as many as there are
 * stages, or more when the last group would otherwise have fewer (Megatron-Core's `microbatch_group_size_per_vp_stage`).
 */
function groupSize(stages: number, m: number): number {
  for (let size = stages; size < m; size++) if (m % size === 0 || m % size >= stages) return size;
  return Math.max(stages, m);
}

/**
 * Most bytes that an interleaved schedule keeps on a stage whose chunks leave unequal bytes of each micro-batch: passes go
 * forward and back in the order of `interleavedOrder` (cost/schedule/schedule.ts), in groups as Megatron-Core makes them. After
 * two rounds behind the warm-up everything repeats itself.
 */
export function peakOfChunks(index: number, stages: number, m: number, bytes: readonly number[]): number {
  const chunks = bytes.length;
  const total = m * chunks;
  const group = groupSize(stages, m);
  const warm = Math.min(total, (stages - index - 1) * 2 + (chunks - 1) * group);
  const chunkOf = (pass: number) => {
    const round = Math.floor(pass / (group * chunks));
    const size = Math.min(group, m - round * group);
    return Math.floor((pass - round * group * chunks) / size);
  };
  const bytesOf = (chunk: number) => bytes[chunk] ?? 0;
  let held = 0;
  for (let pass = 0; pass < warm; pass++) held += bytesOf(chunkOf(pass));
  let most = held;
  const last = Math.min(total, warm + 2 * group * chunks);
  for (let pass = warm; pass < last; pass++) {
    held += bytesOf(chunkOf(pass));
    most = Math.max(most, held);
    held -= bytesOf(chunks - 1 - chunkOf(pass - warm));
  }
  return most;
}
