import type { Entity } from '../../language/entity.ts';
import type { Location, Span } from '../../language/span.ts';
import type { Expression } from '../../language/tree.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { linesOfStage, type PlacedLine } from '../../plan/placement.ts';
import type { PoolSource, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { writtenLine } from '../../plan/resolve/resolved.ts';
import { nameLayers } from '../../plan/wording.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { contains, type Place, placeAt } from '../place.ts';

/** A GPU or an expert of one deployment: what a call hierarchy starts from. */
export interface PlacedThing {
  readonly kind: 'gpu' | 'expert';
  readonly index: number;
  readonly deployment: string;
}

export interface HierarchyItem extends Location {
  readonly name: string;
  readonly detail: string;
  /** The GPU or expert from which to go on. Absent for a line of text, where the way ends. */
  readonly thing?: PlacedThing;
}

export interface HierarchyCall {
  readonly item: HierarchyItem;
  /** The places of the text that say so, in the item's file. */
  readonly spans: readonly Span[];
}

/** The GPU or expert whose number is at the offset, in `gpus = 0..7` or `expert 0..3 on gpu 5`. */
export function prepareHierarchy(analysis: Analysis, offset: number): HierarchyItem | undefined {
  const place = placeAt(analysis, offset);
  const resolved = place && deploymentAround(analysis, place);
  const number = place?.path.findLast((node) => node.kind === 'number');
  const kind = place && kindAt(place, offset);
  if (!resolved || number?.kind !== 'number' || !kind) return undefined;
  const thing = { kind, index: number.value, deployment: resolved.name };
  return { ...describe(thing), uri: analysis.uri, span: number.span };
}

/** What places the thing: the stages on a GPU and the lines that put experts on it, or what puts an expert on a GPU. */
export function placedBy(analysis: Analysis, thing: PlacedThing): readonly HierarchyCall[] {
  return stagesOf(analysis, thing.deployment).flatMap((staged) =>
    thing.kind === 'gpu' ? placesGpu(staged, thing.index) : placesExpert(staged, thing.index),
  );
}

/** The opposite direction: the experts that a GPU holds, or the GPUs that hold an expert. */
export function places(analysis: Analysis, thing: PlacedThing): readonly HierarchyCall[] {
  const layersByIndex = new Map<number, string[]>();
  const staged = stagesOf(analysis, thing.deployment);
  for (const { pool, stage } of staged) {
    for (const [layer, { ranks }] of stage.experts) {
      stage.gpus.forEach((gpu, position) => {
        for (const expert of ranks[rankAt(pool, position)] ?? []) {
          const [index, otherIndex] = thing.kind === 'gpu' ? [gpu, expert] : [expert, gpu];
          if (index === thing.index)
            layersByIndex.set(otherIndex, [...(layersByIndex.get(otherIndex) ?? []), String(layer)]);
        }
      });
    }
  }
  const [first] = staged;
  const at = first && locationOf(first.resolved.entity);
  if (!at) return [];
  const kind = thing.kind === 'gpu' ? 'expert' : 'gpu';
  return [...layersByIndex]
    .sort(([left], [right]) => left - right)
    .slice(0, MOST_CALLS)
    .map(([index, layers]) => {
      const next = { kind, index, deployment: thing.deployment } as const;
      const item = { ...describe(next), detail: `layers ${nameLayers([...new Set(layers)].map(Number))}`, ...at };
      return { item, spans: [at.span] };
    });
}

/** Nobody reads a longer list, and 2,048 GPUs may hold copies of one expert. */
const MOST_CALLS = 256;

interface Staged {
  readonly resolved: ResolvedDeployment;
  readonly pool: Pool;
  readonly source: PoolSource;
  readonly stage: Stage;
  /** The `stage` block, or the block that holds a stage without one. */
  readonly entity: Entity;
}

function stagesOf(analysis: Analysis, name: string): readonly Staged[] {
  const resolved = deploymentNamed(analysis, name);
  return (resolved?.draft?.pools ?? []).flatMap((pool, index) => {
    const source = resolved?.sources[index];
    if (!resolved || !source) return [];
    return pool.stages.map((stage) => ({
      resolved,
      pool,
      source,
      stage,
      entity: source.stages[stage.index]?.entity ?? source.holder,
    }));
  });
}

function placesGpu(staged: Staged, gpu: number): HierarchyCall[] {
  const { pool, stage, entity } = staged;
  const position = stage.gpus.indexOf(gpu);
  if (position < 0) return [];
  const at = locationOf(entity);
  const gpus = entity.properties.get('gpus');
  const span = gpus && gpus.uri === at.uri ? gpus.node.span : at.span;
  const holder: HierarchyCall = {
    item: { name: stage.name, detail: `layers ${nameLayers(stage.layers)}`, ...at },
    spans: [span],
  };
  const rank = rankAt(pool, position);
  return [holder, ...writtenLines(staged, (line) => (line.ranks.get(rank)?.length ?? 0) > 0)];
}

function placesExpert(staged: Staged, expert: number): HierarchyCall[] {
  const { stage, source, pool } = staged;
  const layers = [...stage.experts].flatMap(([layer, { ranks }]) =>
    ranks.some((rank) => rank.includes(expert)) ? [layer] : [],
  );
  if (layers.length === 0) return [];
  const written = writtenLines(staged, (line) => [...line.ranks.values()].some((experts) => experts.includes(expert)));
  if (written.length > 0) return written;
  const by = source.parallel ?? source.holder;
  const at = locationOf(by);
  const { etp, ep, edp } = pool.parallel;
  const name = source.placement.balance === 'eplb' ? 'balance = eplb' : `etp ${etp} x ep ${ep} x edp ${edp}`;
  return [{ item: { name, detail: `stage ${stage.name}, layers ${nameLayers(layers)}`, ...at }, spans: [at.span] }];
}

function writtenLines(
  { source, stage, pool, entity }: Staged,
  concerns: (line: PlacedLine) => boolean,
): HierarchyCall[] {
  const stageLines = entity === source.holder ? [] : entity.placements.map(writtenLine);
  return linesOfStage(source.placement.written, stageLines, stage.gpus, pool.parallel)
    .filter(concerns)
    .map(({ written }) => ({
      item: {
        name: `expert ${textOf(written.node.experts)} on gpu ${textOf(written.node.gpus)}`,
        detail: `stage ${stage.name}`,
        uri: written.uri,
        span: written.node.span,
      },
      spans: [written.node.span],
    }));
}

function textOf(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'range':
      return `${textOf(node.from)}..${textOf(node.to)}`;
    case 'list':
      return `[${node.items.map(textOf).join(', ')}]`;
    case 'word':
      return node.text;
    default:
      return '…';
  }
}

function rankAt({ parallel }: Pool, position: number): number {
  return Math.floor(position / parallel.etp) % parallel.ep;
}

function locationOf(entity: Entity): Location {
  return { uri: entity.uri, span: (entity.node.name ?? entity.node.keyword).span };
}

function describe({ kind, index, deployment }: PlacedThing): Omit<HierarchyItem, keyof Location> {
  const name = kind === 'gpu' ? `GPU ${index}` : `Expert ${index}`;
  return { name, detail: deployment, thing: { kind, index, deployment } };
}

function deploymentAround(analysis: Analysis, { blocks }: Place): ResolvedDeployment | undefined {
  return analysis.plan.deployments.find(({ entity }) => entity.node === blocks[0]);
}

function kindAt({ property, path }: Place, offset: number): PlacedThing['kind'] | undefined {
  if (property?.spec?.name === 'gpus') return 'gpu';
  const placement = path.find((node) => node.kind === 'placement');
  if (placement?.kind !== 'placement') return undefined;
  if (contains(placement.experts.span, offset)) return 'expert';
  return contains(placement.gpus.span, offset) ? 'gpu' : undefined;
}
