import type { Shape } from '../../cost/operation.ts';
import { Memo } from '../../language/memo.ts';
import type { ExpertMap, Pool, Stage } from '../../plan/deployment.ts';
import { expertsOnGpu } from '../instances.ts';

/** Routed experts that some GPUs of a stage hold in the first of equal layers. Those of several GPUs are ascending. */
export function expertsOf(
  pool: Pool,
  stage: Stage,
  layers: readonly number[],
  gpus: readonly number[],
): readonly number[] {
  const [layer] = layers;
  if (layer === undefined) return [];
  if (gpus.length === 1) return expertsOnGpu(pool, stage, layer, gpus[0] ?? 0);
  if (gpus.length === stage.gpus.length) return expertsOfMap(stage.experts.get(layer));
  return [...new Set(gpus.flatMap((gpu) => expertsOnGpu(pool, stage, layer, gpu)))].sort((a, b) => a - b);
}

const expertsOfMaps = new Memo<ExpertMap, readonly number[]>();

/** All experts that a placement names. Layers share placements, so the list is cached. */
function expertsOfMap(map: ExpertMap | undefined): readonly number[] {
  if (!map) return [];
  const experts = expertsOfMaps.get(map) ?? [...new Set(map.ranks.flat())].sort((a, b) => a - b);
  expertsOfMaps.set(map, experts);
  return experts;
}

/** The part of a GPU's shape that belongs to one of its experts. */
export function oneExpert(shape: Shape): Shape {
  return shape.map((axis) => (axis.name === 'experts' ? { ...axis, size: 1 } : axis));
}
