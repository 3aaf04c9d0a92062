import type { EngineDegrees } from '../../engines/degrees.ts';
import { type Cluster, placeOf } from '../cluster.ts';
import type { ExpertMap, Stage } from '../deployment.ts';
import type { Experts, Model } from '../model.ts';
import type { Parallel } from '../parallel.ts';
import { chunksOfStages, saysLayout } from '../pipelineLayout.ts';
import { placeExperts } from '../placement.ts';
import type { PlacementLine, StageSpec } from '../spec.ts';

export interface StageRequest {
  readonly model: Model;
  readonly cluster: Cluster;
  readonly parallel: Parallel;
  /** GPUs of the pool's first instance. */
  readonly gpus: readonly number[];
  readonly stages: readonly StageSpec[];
  /** Order of ranks, fastest first. */
  readonly order: readonly string[];
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  readonly placements: readonly PlacementLine[];
  /** How the engine splits layers over stages. */
  readonly split: EngineDegrees['split'];
}

export function deriveStages(request: StageRequest): readonly Stage[] {
  const { model, cluster, parallel, stages } = request;
  const count = Math.max(parallel.pp, stages.length);
  const { layers, chunks } = layersOfStages(request, count);
  const gpus = gpusOfStages(request, count);
  // Stages share these maps. Otherwise each stage of a long pipeline would hold a map of all experts.
  const placed = new Map<string, Map<Experts, ExpertMap>>();
  return Array.from({ length: count }, (_, index): Stage => {
    const said = stages[index];
    const stageGpus = gpus[index] ?? [];
    const stageLayers = layers[index] ?? [];
    // Engines count the hosts on which they were started.
    const hosts =
      new Set(stageGpus.filter((gpu) => gpu < cluster.gpuCount).map((gpu) => placeOf(cluster, gpu).host)).size || 1;
    const key = `${hosts} ${stageGpus.length}`;
    const expertMaps = placed.get(key) ?? new Map<Experts, ExpertMap>();
    placed.set(key, expertMaps);
    return {
      name: said?.name ?? (count === 1 ? 'all' : `stage-${index}`),
      index,
      layers: stageLayers,
      ...(chunks && { chunks: chunks[index] ?? [] }),
      gpus: stageGpus,
      experts: placeExperts(
        {
          model,
          layers: stageLayers.filter((layer) => layer < model.layers.length),
          gpus: stageGpus,
          parallel,
          balance: request.balance,
          redundant: request.redundant,
          nodes: hosts,
          written: request.placements,
          own: said?.placements ?? [],
        },
        expertMaps,
      ),
    };
  });
}

interface StageLayers {
  readonly layers: readonly (readonly number[])[];
  /** Layers of each chunk of each stage, where the plan says them. */
  readonly chunks?: readonly (readonly number[])[];
}

/**
 * Layers as written, or chunk by chunk as a layout has them. Stages without layers share the layers that no stage names, in
 * order, as the engine splits them.
 */
function layersOfStages({ stages, model, parallel, split }: StageRequest, count: number): StageLayers {
  const written = Array.from({ length: count }, (_, index) => stages[index]?.layers);
  const chunks =
    saysLayout(parallel) && count === parallel.pp && !written.some((layers) => layers)
      ? chunksOfStages(parallel, model)
      : undefined;
  // A layout that cannot be has its own fault, and the layers are shared as if there were none.
  if (chunks && !('reason' in chunks)) return { layers: layersOfChunks(chunks), chunks };
  const layers = model.layers.length;
  const named = new Set(written.flatMap((layersOfStage) => layersOfStage ?? []));
  const unnamed = Array.from({ length: layers }, (_, layer) => layer).filter((layer) => !named.has(layer));
  const lengths = split(unnamed.length, written.filter((layersOfStage) => !layersOfStage).length).values();
  return { layers: written.map((layersOfStage) => layersOfStage ?? unnamed.splice(0, lengths.next().value ?? 0)) };
}

/** Tokens pass the first chunk of every stage, then the second of every stage, and so on. */
function layersOfChunks(chunks: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const layers = chunks.map((): number[] => []);
  let next = 0;
  for (let chunk = 0; chunk < (chunks[0]?.length ?? 0); chunk++) {
    for (const [stage, sizes] of chunks.entries())
      for (let layer = 0; layer < (sizes[chunk] ?? 0); layer++) layers[stage]?.push(next++);
  }
  return layers;
}

function gpusOfStages({ gpus, stages, order, parallel }: StageRequest, count: number): readonly (readonly number[])[] {
  const written = Array.from({ length: count }, (_, index) => stages[index]?.gpus);
  if (written.every((gpusOfStage) => !gpusOfStage)) return orderRanks(gpus, order, parallel, count);
  const named = new Set(written.flatMap((gpusOfStage) => gpusOfStage ?? []));
  const unnamed = gpus.filter((gpu) => !named.has(gpu));
  let silent = written.filter((gpusOfStage) => !gpusOfStage).length;
  return written.map((gpusOfStage) => {
    const stageGpus = gpusOfStage ?? unnamed.splice(0, Math.ceil(unnamed.length / Math.max(1, silent--)));
    return (
      orderRanks(
        stageGpus,
        order.filter((axis) => axis !== 'pp'),
        parallel,
        1,
      )[0] ?? stageGpus
    );
  });
}

/** Default order: tensor parallel ranks next to each other, pipeline stages farthest apart. */
export const DEFAULT_ORDER = ['tp', 'cp', 'dp', 'pp'] as const;

/** Splits GPUs over stages. Within a stage, rank `t + tp (c + cp d)` gets the GPU at its place in the written order. */
function orderRanks(
  gpus: readonly number[],
  order: readonly string[],
  parallel: Parallel,
  stages: number,
): readonly (readonly number[])[] {
  const sizes: Readonly<Record<string, number>> = { tp: parallel.tp, cp: parallel.cp, dp: parallel.dp, pp: stages };
  const axes = [...order, ...DEFAULT_ORDER.filter((axis) => !order.includes(axis))];
  const perStage = parallel.tp * parallel.cp * parallel.dp;
  if (perStage * stages !== gpus.length) {
    const size = Math.ceil(gpus.length / stages);
    return Array.from({ length: stages }, (_, stage) => gpus.slice(stage * size, (stage + 1) * size));
  }
  return Array.from({ length: stages }, (_, pp) =>
    Array.from({ length: perStage }, (_, position) => {
      const place: Readonly<Record<string, number>> = {
        tp: position % parallel.tp,
        cp: Math.floor(position / parallel.tp) % parallel.cp,
        dp: Math.floor(position / (parallel.tp * parallel.cp)),
        pp,
      };
      let index = 0;
      for (const axis of axes.toReversed()) index = index * (sizes[axis] ?? 1) + (place[axis] ?? 0);
      return gpus[index] ?? 0;
    }),
  );
}
