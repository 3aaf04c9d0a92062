import type { Entity, EvaluatedEdge } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import type { Location } from '../../language/span.ts';
import { childrenOf } from '../values.ts';
import type { PlanContext } from './context.ts';

/** Things joined by arrows: the stages of a deployment or pool, its pools, or the operators of a hand-drawn layer. */
export interface Flow {
  readonly kind: 'stage' | 'pool' | 'operator';
  /** The block that holds the arrows. */
  readonly holder: Entity;
  /** Nodes by name. The ends of a layer have the place of the layer itself. */
  readonly nodes: ReadonlyMap<string, Location>;
  readonly blocks: ReadonlyMap<string, Entity>;
  readonly arrows: readonly Arrow[];
}

/** One `->`, with the place of the name that it points to. */
export interface Arrow extends Location {
  readonly from: string;
  readonly to: string;
}

/** Cached, because six rules ask for the same flows. */
const flowsOfPrograms = new Memo<PlanContext['program'], readonly Flow[]>();

/** Every flow that the program's own file draws, without arrows to undefined names, which are reported elsewhere. */
export function flowsOf({ program }: PlanContext): readonly Flow[] {
  const flows = flowsOfPrograms.get(program) ?? flowsOfProgram(program);
  flowsOfPrograms.set(program, flows);
  return flows;
}

function flowsOfProgram(program: PlanContext['program']): Flow[] {
  return program.own.flatMap((entity) => {
    if (entity.keyword === 'layer') return [layerFlow(entity)];
    if (entity.keyword === 'model') return childrenOf(entity, 'layer').map(layerFlow);
    if (entity.keyword !== 'deployment') return [];
    const pools = childrenOf(entity, 'pool');
    return [flow(entity, 'stage'), flow(entity, 'pool'), ...pools.map((pool) => flow(pool, 'stage'))];
  });
}

function flow(holder: Entity, kind: 'stage' | 'pool'): Flow {
  const blocks = new Map(childrenOf(holder, kind).map((block) => [block.name ?? '', block]));
  const nodes = new Map([...blocks].map(([name, block]) => [name, locationOfEntity(block)]));
  return { kind, holder, nodes, blocks, arrows: arrowsOf(holder.edges, nodes) };
}

function layerFlow(holder: Entity): Flow {
  const blocks = new Map(childrenOf(holder, 'operator').map((block) => [block.name ?? '', block]));
  const ends = holder.edges.length > 0 ? ['input', 'output'] : [];
  const nodes = new Map([
    ...ends.map((end) => [end, locationOfEntity(holder)] as const),
    ...[...blocks].map(([name, block]) => [name, locationOfEntity(block)] as const),
  ]);
  return { kind: 'operator', holder, nodes, blocks, arrows: arrowsOf(holder.edges, nodes) };
}

function arrowsOf(edges: readonly EvaluatedEdge[], nodes: ReadonlyMap<string, Location>): Arrow[] {
  const arrows = edges.flatMap(({ path, uri }) =>
    path.slice(1).flatMap((to, step) => {
      const from = path[step];
      return from ? [{ from: from.text, to: to.text, uri, span: { start: from.span.start, end: to.span.end } }] : [];
    }),
  );
  return arrows.filter(({ from, to }) => nodes.has(from) && nodes.has(to));
}

/** Nodes that an arrow leaves, with the arrows that leave them. */
function successors(arrows: readonly Arrow[]): Map<string, Arrow[]> {
  const leaving = new Map<string, Arrow[]>();
  for (const arrow of arrows) {
    const arrowsFrom = leaving.get(arrow.from);
    if (arrowsFrom) arrowsFrom.push(arrow);
    else leaving.set(arrow.from, [arrow]);
  }
  return leaving;
}

/** Arrows that run in a circle, in order: one circle for each knot, and an empty list when there is none. */
export function cyclesOf({ arrows }: Flow): Arrow[][] {
  const leaving = successors(arrows);
  const done = new Set<string>();
  const cycles: Arrow[][] = [];
  for (const start of leaving.keys()) {
    if (done.has(start)) continue;
    const trail: { readonly node: string; next: number; readonly by?: Arrow }[] = [{ node: start, next: 0 }];
    const onTrail = new Map([[start, 0]]);
    while (trail.length > 0) {
      const top = trail.at(-1);
      if (!top) break;
      const arrow = leaving.get(top.node)?.[top.next++];
      if (!arrow) {
        done.add(top.node);
        onTrail.delete(top.node);
        trail.pop();
        continue;
      }
      const at = onTrail.get(arrow.to);
      if (at !== undefined) cycles.push([...trail.slice(at + 1).flatMap(({ by }) => (by ? [by] : [])), arrow]);
      else if (!done.has(arrow.to)) {
        onTrail.set(arrow.to, trail.length);
        trail.push({ node: arrow.to, next: 0, by: arrow });
      }
    }
  }
  return disjoint(cycles);
}

/** Circles that share a node form one knot, of which only the first is reported. */
function disjoint(cycles: readonly Arrow[][]): Arrow[][] {
  const taken = new Set<string>();
  return cycles.filter((cycle) => {
    const isNew = cycle.every(({ from }) => !taken.has(from));
    for (const { from } of cycle) taken.add(from);
    return isNew;
  });
}

export interface Ends {
  /** Nodes that arrows only leave. */
  readonly sources: readonly string[];
  /** Nodes that arrows only enter. */
  readonly sinks: readonly string[];
  /** Nodes without any arrow. */
  readonly alone: readonly string[];
}

export function endsOf({ nodes, arrows }: Flow): Ends {
  const entered = new Set(arrows.map(({ to }) => to));
  const left = new Set(arrows.map(({ from }) => from));
  const names = [...nodes.keys()];
  return {
    sources: names.filter((name) => left.has(name) && !entered.has(name)),
    sinks: names.filter((name) => entered.has(name) && !left.has(name)),
    alone: names.filter((name) => !entered.has(name) && !left.has(name)),
  };
}

/** `stage front`, `operator norm`. The ends of a layer have their name alone. */
export function nameNode({ kind, blocks }: Flow, name: string): string {
  return blocks.has(name) ? `${kind} ${name}` : `\`${name}\``;
}

export function enumerateNodes(flow: Flow, names: readonly string[]): string {
  const called = names.map((name) => nameNode(flow, name));
  return called.length <= 1 ? called.join('') : `${called.slice(0, -1).join(', ')} and ${called.at(-1)}`;
}
